package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.persona.agent.sensor.PrometheusText.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusTextTest {

    @Test
    void metrics_are_read_with_their_labels_sorted_into_the_name() {
        assertThat(
                        PrometheusText.read(
                                """
                        # HELP queue_length Messages that wait.
                        # TYPE queue_length gauge
                        queue_length{queue="mail",host="a"} 3
                          queue_length { queue = "sms" , } -2.5e1 1767225600000

                        # a comment, and a metric without a type
                        up 1
                        job:errors:rate5m .5
                        """))
                .containsExactly(
                        entry("job:errors:rate5m", new Sample(0.5, false)),
                        entry("queue_length{host=a,queue=mail}", new Sample(3, false)),
                        entry("queue_length{queue=sms}", new Sample(-25, false)),
                        entry("up", new Sample(1, false)));
    }

    @Test
    void what_only_grows_is_known_by_its_type() {
        assertThat(
                        PrometheusText.read(
                                """
                        # TYPE http_requests_total counter
                        http_requests_total{code="200"} 1027
                        # TYPE jobs counter
                        jobs_total 5
                        # TYPE latency_seconds histogram
                        latency_seconds_bucket{le="0.1"} 4
                        latency_seconds_bucket{le="+Inf"} 9
                        latency_seconds_sum 3.5
                        latency_seconds_count 9
                        # TYPE rpc_seconds summary
                        rpc_seconds{quantile="0.5"} 0.2
                        rpc_seconds_sum 17
                        rpc_seconds_count 80
                        # TYPE lying_bucket gauge
                        lying_bucket 1
                        untyped_total 7
                        """))
                .containsOnly(
                        entry("http_requests_total{code=200}", new Sample(1_027, true)),
                        entry("jobs_total", new Sample(5, true)),
                        entry("latency_seconds_sum", new Sample(3.5, true)),
                        entry("latency_seconds_count", new Sample(9, true)),
                        entry("rpc_seconds{quantile=0.5}", new Sample(0.2, false)),
                        entry("rpc_seconds_sum", new Sample(17, true)),
                        entry("rpc_seconds_count", new Sample(80, true)),
                        entry("lying_bucket", new Sample(1, false)),
                        entry("untyped_total", new Sample(7, false)));
    }

    @Test
    void what_a_name_can_not_hold_becomes_an_underscore() {
        assertThat(PrometheusText.read("os{name=\"Debian \\\"12\\\"\\n`x` C:\\\\\\\\ ü\"} 1"))
                .containsOnlyKeys("os{name=Debian__12___x__C:____}");
    }

    @Test
    void what_is_written_twice_counts_once_and_no_number_is_known_as_such() {
        assertThat(PrometheusText.read("a 1\na 2\nb NaN\nc +Inf\nd -inf\n"))
                .containsEntry("a", new Sample(1, false))
                .hasEntrySatisfying("b", sample -> assertThat(sample.value()).isNaN())
                .hasEntrySatisfying("c", sample -> assertThat(sample.value()).isNaN())
                .hasEntrySatisfying("d", sample -> assertThat(sample.value()).isNaN());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "queue             | a number is expected at column 6",
                "queue.5           | the name of a metric is expected at column 1",
                "queue one         | the value must be a number",
                "queue 1d          | the value must be a number",
                "queue 0x10        | the value must be a number",
                "queue 1 now       | a time stamp is expected at column 9",
                "queue 1 2 3       | nothing is expected at column 11",
                "2queue 1          | the name of a metric is expected at column 1",
                "queue.length 1    | the name of a metric is expected at column 1",
                "queue{q=mail} 1   | `\"` is expected at column 9",
                "queue{q \"a\"} 1  | `=` is expected at column 9",
                "queue{q=\"a\" 1   | `,` or `}` is expected at column 13",
                "queue{q=\"a        | `\"` is expected at column 11",
                "queue{q=\"a\\      | `\"` is expected at column 12",
                "{q=\"a\"} 1       | the name of a metric is expected at column 1",
                "'queue{\"q\"} 1'  | the name of a label or `}` is expected at column 7",
            })
    void a_text_with_a_line_that_can_not_be_read_gives_nothing_but_the_place(String line, String why) {
        assertThatThrownBy(() -> PrometheusText.read("up 1\n" + line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("line 2 is not Prometheus' text format: " + why);
    }

    @Test
    void a_text_of_too_many_lines_is_refused() {
        assertThat(PrometheusText.read("\n".repeat(20_000))).isEmpty();
        assertThatThrownBy(() -> PrometheusText.read("\n".repeat(20_001)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 20000 lines");
    }
}
