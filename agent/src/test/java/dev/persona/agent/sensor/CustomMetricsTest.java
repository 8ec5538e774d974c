package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.sun.net.httpserver.HttpServer;
import dev.persona.agent.platform.Configured;
import dev.persona.agent.platform.TurnedClock;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CustomMetricsTest {
    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
    private static final long SECOND = 1_000_000_000;

    @TempDir
    Path folder;

    private final AtomicLong nanoTime = new AtomicLong();
    private HttpServer exporter;

    @AfterEach
    void stop() {
        if (exporter != null) {
            exporter.stop(0);
        }
    }

    @Test
    void files_come_and_go_and_only_those_of_the_right_name_are_looked_at() throws IOException {
        CustomMetrics custom = ofFolder();
        write("b.prom", "b 1\n", NOW);
        write("b.prom.new", "no text of metrics", NOW);
        custom.look();
        assertThat(custom.sources()).containsOnlyKeys(folder + "/b.prom");

        write("a.prom", "a 1\n", NOW);
        Files.delete(folder.resolve("b.prom"));
        custom.look();

        assertThat(custom.sources()).containsOnlyKeys(folder + "/a.prom");
    }

    @Test
    void counters_of_a_file_grow_between_two_writes_and_hold_until_the_next() throws IOException {
        CustomMetrics custom = ofFolder();
        write("a.prom", "# TYPE jobs_total counter\njobs_total 100\nworkers 4\n", NOW);
        assertThat(values(custom)).containsOnly(entry("workers", 4.0));

        write("a.prom", "# TYPE jobs_total counter\njobs_total 400\nworkers 5\n", NOW.plusSeconds(60));
        assertThat(values(custom)).containsOnly(entry("workers", 5.0), entry("jobs_total", 5.0));
        nanoTime.addAndGet(5 * SECOND);
        assertThat(values(custom)).containsOnly(entry("workers", 5.0), entry("jobs_total", 5.0));

        write("a.prom", "# TYPE jobs_total counter\njobs_total 3\nworkers 5\n", NOW.plusSeconds(120));
        assertThat(values(custom)).as("a reset").containsOnly(entry("workers", 5.0));
    }

    @Test
    void a_file_whose_writer_has_died_is_left_out_if_so_configured() throws IOException {
        TurnedClock clock = new TurnedClock();
        CustomMetrics custom = new CustomMetrics(
                Configured.metrics(Map.of("custom.folder", folder.toString(), "custom.max-age", "PT10M"))
                        .custom(),
                clock,
                nanoTime::get);
        write("a.prom", "a 1\n", NOW);
        clock.turn(Duration.ofMinutes(10));
        assertThat(values(custom)).containsOnly(entry("a", 1.0));

        clock.turn(Duration.ofSeconds(1));

        assertThatThrownBy(() -> values(custom)).hasMessageContaining("`persona.agent.metrics.custom.max-age`");
    }

    @Test
    void links_folders_and_what_is_too_large_are_refused() throws IOException {
        CustomMetrics custom = ofFolder();
        Path secret = Files.writeString(folder.resolve("secret"), "a 1\n");
        Path link = Files.createSymbolicLink(folder.resolve("a.prom"), secret);
        assertThatThrownBy(() -> values(custom)).hasMessage("it is no regular file");

        Files.delete(link);
        Files.createDirectory(link);
        assertThatThrownBy(() -> values(custom)).hasMessage("it is no regular file");

        Files.delete(link);
        write("a.prom", "#".repeat(1024 * 1024 + 1), NOW);
        assertThatThrownBy(() -> values(custom)).hasMessage("it is larger than 1048576 bytes");
    }

    @Test
    void a_folder_that_is_missing_or_has_too_many_files_is_said() throws IOException {
        CustomMetrics custom = ofFolder();
        for (int number = 0; number < 64; number++) {
            write(number + ".prom", "a 1\n", NOW);
        }
        custom.look();
        assertThat(custom.sources()).hasSize(64);

        write("one-too-many.prom", "a 1\n", NOW);
        assertThatThrownBy(custom::look).hasMessageContaining("more than 64 files");

        CustomMetrics missing = of(Map.of("custom.folder", folder + "/missing"));
        assertThatThrownBy(missing::look).hasMessageContaining(folder + "/missing");
    }

    @Test
    void an_exporter_on_this_host_is_asked_and_its_counters_grow_between_two_reports() throws IOException {
        AtomicLong requests = new AtomicLong(100);
        String url =
                exporter("/metrics", () -> "# TYPE requests_total counter\nrequests_total " + requests + "\nup 1\n");
        CustomMetrics custom = of(Map.of("custom.endpoint", url));
        assertThat(values(custom)).containsOnly(entry("up", 1.0));

        requests.set(150);
        nanoTime.addAndGet(5 * SECOND);

        assertThat(values(custom)).containsOnly(entry("up", 1.0), entry("requests_total", 10.0));
    }

    @Test
    void an_exporter_that_fails_leads_elsewhere_or_says_too_much_is_refused() throws IOException {
        String url = exporter("/metrics", () -> "up 1\n");
        CustomMetrics none = of(Map.of("custom.endpoint", url + "/no/such/page"));
        exporter.removeContext("/metrics");
        assertThatThrownBy(() -> values(none)).hasMessageContaining("FileNotFound");

        exporter.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", url);
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        CustomMetrics moved = of(Map.of("custom.endpoint", url.replace("/metrics", "/moved")));
        assertThatThrownBy(() -> values(moved)).hasMessageContaining("it answers 302, not 200");

        answer("/large", () -> "#".repeat(2 * 1024 * 1024));
        CustomMetrics large = of(Map.of("custom.endpoint", url.replace("/metrics", "/large")));
        assertThatThrownBy(() -> values(large)).hasMessageContaining("it is larger than 1048576 bytes");
    }

    @Test
    void an_exporter_that_drips_for_ever_is_given_up_in_time() throws IOException {
        String url = exporter("/metrics", () -> "up 1\n");
        exporter.createContext("/drip", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var body = exchange.getResponseBody()) {
                while (true) {
                    nanoTime.addAndGet(SECOND);
                    body.write("up 1\n".getBytes(StandardCharsets.UTF_8));
                    body.flush();
                }
            } catch (IOException closedByTheOther) {
                // As it should be.
            }
        });
        CustomMetrics custom = of(Map.of("custom.endpoint", url.replace("/metrics", "/drip")));

        assertThatThrownBy(() -> values(custom)).hasMessage("it took longer than PT1S");
    }

    @Test
    void an_exporter_that_is_away_is_said() throws IOException {
        String url = exporter("/metrics", () -> "up 1\n");
        exporter.stop(0);
        CustomMetrics custom = of(Map.of("custom.endpoint", url));

        assertThatThrownBy(() -> values(custom)).hasMessageContaining("ConnectException");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://192.0.2.1:9100/metrics",
                "http://exporter.example/metrics",
                "http://127.0.0.1.example/metrics",
                "http://127.0.0.1@192.0.2.1/metrics",
                "https://127.0.0.1:9100/metrics",
                "file:///etc/shadow",
                "127.0.0.1:9100",
            })
    void an_endpoint_that_is_not_on_this_host_ends_the_start(String url) {
        assertThatThrownBy(() -> of(Map.of("custom.endpoint", url)))
                .hasMessageContaining("persona.agent.metrics.custom.endpoint");
    }

    @ParameterizedTest
    @CsvSource({"custom.folder, metrics, an absolute path", "custom.max-age, PT0S, more than PT0S"})
    void what_can_not_be_meant_so_ends_the_start_with_a_remedy(String key, String value, String remedy) {
        assertThatThrownBy(() -> of(Map.of(key, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("`persona.agent.metrics." + key + "` is `" + value + "`")
                .hasMessageContaining(remedy);
    }

    private CustomMetrics ofFolder() {
        return of(Map.of("custom.folder", folder.toString()));
    }

    private CustomMetrics of(Map<String, String> properties) {
        return new CustomMetrics(Configured.metrics(properties).custom(), () -> NOW, nanoTime::get);
    }

    /** Of the only source. */
    private static SortedMap<String, Double> values(CustomMetrics custom) {
        custom.look();
        assertThat(custom.sources()).hasSize(1);
        return custom.sources().values().iterator().next().values();
    }

    /** As those who write such files do it: beside, and then in one step. */
    private void write(String name, String text, Instant at) throws IOException {
        Path beside = Files.writeString(folder.resolve("beside"), text);
        Files.setLastModifiedTime(beside, FileTime.from(at));
        Files.move(beside, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private interface Text {
        String now();
    }

    private String exporter(String path, Text text) throws IOException {
        exporter = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer(path, text);
        exporter.start();
        return "http://127.0.0.1:" + exporter.getAddress().getPort() + path;
    }

    private void answer(String path, Text text) {
        exporter.createContext(path, exchange -> {
            byte[] body = text.now().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }
}
