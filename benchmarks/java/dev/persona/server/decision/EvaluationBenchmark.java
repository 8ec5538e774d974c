package dev.persona.server.decision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.rule.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One report of one instance: by the engine, and by a hand-written walk of the same trigger trees. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-Djava.util.logging.manager=org.jboss.logmanager.LogManager")
public class EvaluationBenchmark {
    private static final int REPORTS = 10_000;

    @Param({"100", "1000"})
    int personas;

    /** How far metrics go from one report to the next: a calm host changes its decision seldom, a wild one all the time. */
    @Param({"0.01", "0.1"})
    double drift;

    private List<Map<String, Double>> reports;
    private InstanceMachine machine;
    private Walk walk;
    private Instant now;
    private int next;

    @Setup
    public void setUp() {
        // As the server is built: Drools traces into text that nobody reads otherwise.
        Logger.getLogger("").setLevel(Level.INFO);
        BusyHost host = new BusyHost();
        Policy policy = Policy.compile(BusyHost.GROUP, host.personas(personas), List.of());
        reports = host.reports(REPORTS, drift);
        now = BusyHost.START;
        machine = new InstanceMachine("i-1", Duration.ofSeconds(30), policy, Optional.empty(), now);
        walk = new Walk(policy.personas());
    }

    @Benchmark
    public Decision engine() {
        Map<String, Double> report = report();
        machine.advance(now, List.of(new Input.Metrics(report)));
        return machine.decision();
    }

    @Benchmark
    public Map<String, JsonNode> walk() {
        Map<String, Double> report = report();
        return walk.report(now, report);
    }

    private Map<String, Double> report() {
        now = now.plus(BusyHost.INTERVAL);
        next = (next + 1) % REPORTS;
        return reports.get(next);
    }
}
