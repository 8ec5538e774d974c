package dev.persona.server.decision;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** What one operation takes of a processor, whatever else the machine does: {@code -prof} with this class's name. */
public final class ProcessorTime implements InternalProfiler {
    private static final String WORKER = "jmh-worker";

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long before;

    @Override
    public String getDescription() {
        return "Processor time of the benchmark's threads";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        before = workersTime();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double nanoseconds = workersTime() - before;
        double each = nanoseconds
                / result.getMetadata().getAllOps()
                / benchmark.getTimeUnit().toNanos(1);
        String unit = benchmark.getTimeUnit() == TimeUnit.MICROSECONDS ? "us/op" : benchmark.getTimeUnit() + "/op";
        return List.of(new ScalarResult("processor", each, unit, AggregationPolicy.AVG));
    }

    private long workersTime() {
        return Arrays.stream(threads.getAllThreadIds())
                .filter(id -> threads.getThreadInfo(id) != null
                        && threads.getThreadInfo(id).getThreadName().contains(WORKER))
                .map(threads::getThreadCpuTime)
                .sum();
    }
}
