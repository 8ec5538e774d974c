package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EgressRateApplierTest extends ProgramApplierContractTest {
    private static final String BY_ROUTE = "network.egress.rate";

    @Override
    void prepare() throws IOException {
        Programs.install(root, "tc");
        routeBy("eth0");
        root("lo", "noqueue", "0:", "");
        root("eth0", "fq_codel", "0:", "");
        root("eth1", "pfifo", "8001:", "\"limit\":77");
        root("eth2", "htb", "1:", "\"r2q\":10");
        root("eth3", "fq_codel", "0:", "");
        root("eth4", "tbf", "8004:", "\"rate\":125000,\"burst\":20000,\"lat\":30000");
        write(
                "/run/tc/eth5",
                "{\"kind\":\"mq\",\"handle\":\"0:\",\"dev\":\"eth5\",\"root\":true,\"options\":{}},"
                        + "{\"kind\":\"fq\",\"handle\":\"8005:\",\"dev\":\"eth5\",\"parent\":\":1\",\"options\":{}}");
    }

    private void root(String device, String kind, String handle, String options) throws IOException {
        write("/run/tc/" + device, Programs.qdisc(device, kind, handle, options));
    }

    private void routeBy(String device) throws IOException {
        write("/proc/net/route", Programs.routeBy(device));
    }

    @Override
    String program() {
        return "tc";
    }

    @Override
    Applier applier() {
        return new EgressRateApplier(files, root, tool());
    }

    @Override
    List<Example> examples() {
        List<Object> unusable = List.of(999, -1, 1.5, "2Gbit", true, 200_000_000_001L, List.of());
        return List.of(
                new Example(BY_ROUTE, List.of(1_000_000, 2_000_000_000L, 200_000_000_000L), unusable),
                new Example("network.egress.rate.eth3", List.of(1000, 500_000_000), unusable),
                new Example("network.egress.rate.eth1", List.of(1000, 500_000_000), unusable),
                new Example("network.egress.rate.eth4", List.of(1000, 500_000_000), unusable));
    }

    @Override
    List<String> lacking() {
        return List.of(
                "network.egress.rate.eth2",
                "network.egress.rate.eth5",
                "network.egress.rate.eth9",
                "network.egress.rate.",
                "network.egress.rate.-j",
                "network.egress.rate.eth0 root");
    }

    @ParameterizedTest
    @CsvSource({
        "1000, rate 1000bit burst 16384",
        "2000000000, rate 2000000000bit burst 2500000",
        "200000000000, rate 200000000000bit burst 250000000"
    })
    void a_rate_lets_ten_milliseconds_through_at_once(long rate, String arguments) throws IOException {
        applier().apply(BY_ROUTE, json(rate));

        assertThat(Programs.calls(root).stream().map(call -> call.replaceAll("[<>]", "")))
                .contains("tc qdisc replace dev eth0 root handle 5048: tbf " + arguments + " latency 50ms");
    }

    @Test
    void bits_that_the_kernel_rounded_down_to_bytes_are_the_same() throws IOException {
        applier().apply(BY_ROUTE, json(1_000_007));

        assertThat(applier().verify(BY_ROUTE, json(1_000_007)))
                .isEqualTo(new Verification(true, Optional.of("1000000 bit/s on eth0")));
    }

    @Test
    void a_qdisc_with_classes_is_not_lost() throws IOException {
        assertThat(applier().support("network.egress.rate.eth2"))
                .isEqualTo(new Support.NotSupported(
                        "`eth2` has the qdisc `htb 1:`, which could not be put back as it was; delete it with"
                                + " `tc qdisc del dev eth2 root`, or leave the rate to who set it"));
        assertThat(applier().support("network.egress.rate.eth5"))
                .isInstanceOfSatisfying(Support.NotSupported.class, why -> assertThat(why.reason())
                        .contains("`fq 8005:`"));
    }

    @Test
    void a_qdisc_that_somebody_put_in_our_place_is_not_lost_either() throws IOException {
        Snapshot original = applier().read("network.egress.rate.eth3");
        applier().apply("network.egress.rate.eth3", json(5000));
        root("eth3", "htb", "1:", "");

        assertThatThrownBy(() -> applier().restore("network.egress.rate.eth3", original))
                .hasMessageContaining("`eth3` has the qdisc `htb 1:`");
        assertThat(text("/run/tc/eth3")).contains("htb");
    }

    @Test
    void when_the_default_route_moves_the_rate_moves_and_is_taken_back_everywhere() throws IOException {
        Snapshot original = applier().read(BY_ROUTE);
        applier().apply(BY_ROUTE, json(1_000_000));
        routeBy("eth3");

        assertThat(applier().verify(BY_ROUTE, json(1_000_000)))
                .isEqualTo(new Verification(false, Optional.of("1000000 bit/s on eth0")));
        applier().apply(BY_ROUTE, json(1_000_000));
        assertThat(text("/run/tc/eth0")).contains("fq_codel");
        assertThat(text("/run/tc/eth3")).contains("5048:");
        applier().restore(BY_ROUTE, original);
        assertThat(text("/run/tc/eth3")).contains("fq_codel");
    }

    @Test
    void one_interface_by_route_and_by_name_is_refused_at_the_second() throws IOException {
        applier().apply(BY_ROUTE, json(1_000_000));

        assertThatThrownBy(() -> applier().apply("network.egress.rate.eth0", json(2_000_000)))
                .hasMessage(
                        "`eth0` has the qdisc `tbf 5048:` of the same parameter with or without the interface's name;"
                                + " set one of the two");
    }

    @Test
    void the_default_route_of_version_6_counts_where_there_is_none_of_version_4() throws IOException {
        write("/proc/net/route", "Iface\tDestination\n");
        write(
                "/proc/net/ipv6_route",
                """
                00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
                00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003     eth3
                """);

        applier().apply(BY_ROUTE, json(1_000_000));

        assertThat(text("/run/tc/eth3")).contains("5048:");
    }

    @Test
    void without_a_default_route_the_remedy_is_to_name_the_interface() throws IOException {
        write("/proc/net/route", "");

        assertThat(applier().support(BY_ROUTE))
                .isEqualTo(new Support.NotSupported(
                        "this host has no default route; name the interface, as in `network.egress.rate.eth0`"));
    }

    @Test
    void an_interface_that_is_gone_took_its_rate_with_it() throws IOException {
        Snapshot original = applier().read("network.egress.rate.eth1");
        applier().apply("network.egress.rate.eth1", json(5000));
        Files.delete(root.at("/run/tc/eth1"));

        applier().restore("network.egress.rate.eth1", original);

        assertThat(applier().read("network.egress.rate.eth1")).isEqualTo(Snapshot.absent());
    }
}
