package dev.persona.server.event;

import dev.persona.server.platform.PolicyException;
import io.cloudevents.CloudEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The events that were accepted: each once, in one order for all instances.
 *
 * <p>An event is stored before its sender is answered, and kept whole until every instance that it addresses has taken
 * it; its source and id are kept for as long as {@link EventConfig#deduplicateFor()}.
 */
@ApplicationScoped
public class EventLog {
    private static final Logger LOG = Logger.getLogger(EventLog.class);
    private static final Duration TICK = Duration.of(1, ChronoUnit.MICROS);

    private final EventRepository repository;
    private final CloudEventFormat format;
    private final EventConfig config;
    private final InstantSource clock;
    private final MeterRegistry metrics;
    private Instant lastTakenAt;

    EventLog(
            EventRepository repository,
            CloudEventFormat format,
            EventConfig config,
            InstantSource clock,
            MeterRegistry metrics) {
        this.repository = repository;
        this.format = format;
        this.config = config;
        this.clock = clock;
        this.metrics = metrics;
        this.lastTakenAt = QuarkusTransaction.requiringNew()
                .call(() -> repository.latest().map(event -> event.takenAt).orElse(Instant.EPOCH));
    }

    /**
     * What became of some events.
     *
     * @param instances how many instances were addressed, summed over the events
     */
    @RegisterForReflection
    record Receipt(int accepted, int duplicates, int instances) {}

    /**
     * Stores the events that aren't known yet, all in one transaction, and passes them on.
     *
     * @throws PolicyException TOO_MANY if the audience is too busy
     */
    synchronized Receipt take(List<CloudEvent> events, EventAudience audience) {
        audience.requireRoom();
        List<TakenEvent> taken = QuarkusTransaction.requiringNew().call(() -> storeUnknown(events));
        int instances = taken.stream().mapToInt(audience::tell).sum();
        int duplicates = events.size() - taken.size();
        metrics.counter("persona.events", "result", "accepted").increment(taken.size());
        metrics.counter("persona.events", "result", "duplicate").increment(duplicates);
        taken.forEach(event -> LOG.debugf("event taken number=%d", event.number()));
        return new Receipt(taken.size(), duplicates, instances);
    }

    /** The number of the latest event, 0 if there is none. */
    public synchronized long latestNumber() {
        return QuarkusTransaction.requiringNew()
                .call(() -> repository.latest().map(event -> event.eventNumber).orElse(0L));
    }

    /** The events that some instance may not have taken yet, in order. */
    public List<TakenEvent> unsettled() {
        return QuarkusTransaction.requiringNew().call(() -> repository.unsettled().stream()
                .map(entity -> taken(entity, format.read(entity.document)))
                .toList());
    }

    /** Notes that all events up to a number were taken by every instance that they address, and these are stored. */
    public void settle(long upToNumber) {
        QuarkusTransaction.requiringNew().run(() -> repository.settle(upToNumber));
    }

    /** Forgets the events whose duplicates need not be known any more. */
    public void forgetOld(Instant now) {
        int deleted = QuarkusTransaction.requiringNew()
                .call(() -> repository.deleteSettledBefore(now.minus(config.deduplicateFor())));
        if (deleted > 0) {
            LOG.infof("events pruned events=%d", deleted);
        }
    }

    private List<TakenEvent> storeUnknown(List<CloudEvent> events) {
        List<TakenEvent> taken = new ArrayList<>();
        for (CloudEvent event : events) {
            String source = event.getSource().toString();
            if (!repository.has(source, event.getId())) {
                EventEntity entity = new EventEntity();
                entity.source = source;
                entity.eventId = event.getId();
                entity.takenAt = nextInstant();
                entity.document = format.write(event);
                repository.persist(entity);
                taken.add(taken(entity, event));
            }
        }
        return taken;
    }

    private TakenEvent taken(EventEntity entity, CloudEvent event) {
        return new TakenEvent(
                entity.eventNumber, entity.takenAt, CloudEventFormat.attributes(event), format.data(event));
    }

    private Instant nextInstant() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        lastTakenAt = now.isAfter(lastTakenAt) ? now : lastTakenAt.plus(TICK);
        return lastTakenAt;
    }
}
