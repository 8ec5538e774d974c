package dev.persona.server.event;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The stored events. */
@ApplicationScoped
class EventRepository implements PanacheRepositoryBase<EventEntity, Long> {

    boolean has(String source, String eventId) {
        return count("source = ?1 and eventId = ?2", source, eventId) > 0;
    }

    Optional<EventEntity> latest() {
        return findAll(Sort.descending("eventNumber")).page(0, 1).firstResultOptional();
    }

    List<EventEntity> unsettled() {
        return list("document is not null", Sort.ascending("eventNumber"));
    }

    void settle(long upToNumber) {
        update("document = null where eventNumber <= ?1 and document is not null", upToNumber);
    }

    int deleteSettledBefore(Instant instant) {
        return (int) delete("takenAt < ?1 and document is null", instant);
    }
}
