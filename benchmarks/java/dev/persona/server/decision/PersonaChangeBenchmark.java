package dev.persona.server.decision;

import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/** One persona of a group is changed: the group's KieBase is made anew. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PersonaChangeBenchmark {

    /** Of all groups together; {@value BusyHost#APPLYING} are in the group. */
    @Param({"100", "1000"})
    int personas;

    private final BusyHost host = new BusyHost();
    private List<Persona> all;
    private long revision = 1;

    @Setup
    public void setUp() {
        all = new ArrayList<>(host.personas(personas));
    }

    @Benchmark
    public Policy compile() {
        all.set(0, host.persona("p-0000", "group-0", ++revision));
        return Policy.compile(BusyHost.GROUP, all, List.of());
    }
}
