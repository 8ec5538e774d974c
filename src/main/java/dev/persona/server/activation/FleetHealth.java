package dev.persona.server.activation;

import dev.persona.server.instance.Instances;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Whether the clock still decides: without the timer, schedules and holds would stand still. */
@Liveness
class FleetHealth implements HealthCheck {
    private final DeadlineTimer timer;
    private final Instances instances;

    FleetHealth(DeadlineTimer timer, Instances instances) {
        this.timer = timer;
        this.instances = instances;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("fleet timers")
                .status(timer.isRunning())
                .withData("instances", instances.count())
                .build();
    }
}
