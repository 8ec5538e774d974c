package dev.persona.server.rulebook;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The row of a {@link RuleStop}. */
@Entity
@Table(name = "rule_stops")
class RuleStopEntity {
    @Id
    String name;

    @Column(name = "stopped_at")
    Instant stoppedAt;

    @Nullable
    String digest;

    @Nullable
    String failure;

    RuleStopEntity write(String documentName, RuleStop stop) {
        name = documentName;
        stoppedAt = stop.since();
        digest = stop.failure().map(RuleStop.Failed::digest).orElse(null);
        failure = stop.failure().map(failed -> failed.last().json()).orElse(null);
        return this;
    }

    RuleStop read() {
        return new RuleStop(
                stoppedAt,
                Optional.ofNullable(failure)
                        .map(json -> new RuleStop.Failed(String.valueOf(digest), RuleFailure.of(json))));
    }
}
