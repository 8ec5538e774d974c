package dev.persona.server.activation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/** What the fleet counts and times. */
final class FleetMetrics {
    private final Counter decisions;
    private final Timer evaluations;
    private final MeterRegistry registry;

    FleetMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.decisions = Counter.builder("persona.decisions")
                .description("Decisions that changed the active personas or the configuration of an instance")
                .register(registry);
        this.evaluations = Timer.builder("persona.evaluations")
                .description("One instance's machine taking one message")
                .register(registry);
    }

    void decided() {
        decisions.increment();
    }

    <T> T evaluation(Supplier<T> evaluation) {
        return evaluations.record(evaluation);
    }

    void acknowledged(Acknowledgement acknowledgement) {
        registry.counter(
                        "persona.acknowledgements",
                        "outcome",
                        acknowledgement.outcome().word())
                .increment();
        acknowledgement.notInForce().values().forEach(parameter -> registry.counter(
                        "persona.apply.failures", "status", parameter.status().word())
                .increment());
    }
}
