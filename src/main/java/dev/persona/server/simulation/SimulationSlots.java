package dev.persona.server.simulation;

import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets a number of simulations run at once, each as long as its caller waits for it. */
@ApplicationScoped
class SimulationSlots {
    private final int maximum;
    private final Semaphore free;

    SimulationSlots(SimulationConfig config) {
        this.maximum = config.maxRunning();
        this.free = new Semaphore(maximum);
    }

    /**
     * Takes a slot, until the exchange with the caller ends in whatever way.
     *
     * @return throws when the caller has gone
     * @throws PolicyException TOO_MANY if none is free
     */
    Runnable take(RoutingContext exchange) {
        if (!free.tryAcquire()) {
            throw new PolicyException(
                    ErrorCode.TOO_MANY,
                    "as many simulations run as may at once, " + maximum
                            + " (`persona.simulation.max-running`); try again later");
        }
        AtomicBoolean ended = new AtomicBoolean();
        Runnable end = () -> {
            if (ended.compareAndSet(false, true)) {
                free.release();
            }
        };
        exchange.addEndHandler(ending -> end.run());
        if (exchange.response().closed()) {
            end.run();
        }
        return () -> {
            if (ended.get()) {
                throw new PolicyException(ErrorCode.INVALID_REQUEST, "the caller has gone");
            }
        };
    }
}
