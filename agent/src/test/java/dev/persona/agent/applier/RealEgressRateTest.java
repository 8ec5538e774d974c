package dev.persona.agent.applier;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** The real tc and kernel, in a network namespace of the test's own. */
class RealEgressRateTest extends ApplierContractTest {
    private RealHost.Network network;

    @Override
    void prepare() throws IOException {
        RealHost.needsRootAnd("tc", "tc");
        network = RealHost.Network.make("tc", "first", "second", "third");
        RealHost.needs(
                "tc",
                "tc",
                "-n",
                network.name(),
                "qdisc",
                "add",
                "dev",
                "first",
                "root",
                "tbf",
                "rate",
                "1mbit",
                "burst",
                "16kb",
                "latency",
                "50ms");
        network.run("tc", "qdisc", "del", "dev", "first", "root");
        network.run("tc", "qdisc", "replace", "dev", "second", "root", "handle", "8001:", "pfifo", "limit", "77");
        network.run(
                "tc", "qdisc", "replace", "dev", "secondp", "root", "handle", "8002:", "tbf", "rate", "5mbit", "burst",
                "20000", "latency", "30ms");
        network.run("ip", "address", "add", "192.0.2.2/24", "dev", "first");
        network.run("ip", "route", "add", "default", "via", "192.0.2.1");
        write("/proc/net/route", network.run("cat", "/proc/net/route"));
        network.hold(root, "tc");
    }

    @AfterEach
    void end() throws IOException {
        if (network != null) {
            network.close();
        }
    }

    @Override
    Applier applier() {
        return new EgressRateApplier(files, root, new Tool(new HostCommands(root), "tc", Duration.ofSeconds(30)));
    }

    @Override
    List<Example> examples() {
        List<Object> rates = List.of(1000, 2_000_000_007L, 200_000_000_000L);
        List<Object> unusable = List.of(999, "2Gbit");
        return List.of(
                new Example("network.egress.rate", rates, unusable),
                new Example("network.egress.rate.third", rates, unusable),
                new Example("network.egress.rate.second", rates, unusable),
                new Example("network.egress.rate.secondp", rates, unusable));
    }

    @Override
    List<String> lacking() {
        return List.of("network.egress.rate.nothing", "network.egress.rate.-j");
    }

    @Override
    Map<String, String> tree() throws IOException {
        return Map.of("tc", network.run("tc", "-j", "qdisc", "show"));
    }
}
