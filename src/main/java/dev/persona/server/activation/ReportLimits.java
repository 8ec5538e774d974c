package dev.persona.server.activation;

import dev.persona.server.instance.InstanceChange;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How often each instance may report, whichever way it does. */
@ApplicationScoped
public class ReportLimits {
    private final Map<String, TokenBucket> buckets = new ConcurrentHashMap<>();
    private final ActivationConfig config;
    private final Clock clock;

    ReportLimits(ActivationConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /**
     * Takes one report off what a registered instance has for now.
     *
     * @throws PolicyException TOO_MANY if it has none left
     */
    public void take(String instanceId) {
        TokenBucket bucket = buckets.computeIfAbsent(
                instanceId, id -> new TokenBucket(clock, config.reportsPerSecond(), config.reportBurst()));
        if (!bucket.take()) {
            throw new PolicyException(
                    ErrorCode.TOO_MANY, "instance `" + instanceId + "` reports too often; report every few seconds");
        }
    }

    void forget(@Observes InstanceChange change) {
        if (change instanceof InstanceChange.Removed removed) {
            buckets.remove(removed.instanceId());
        }
    }
}
