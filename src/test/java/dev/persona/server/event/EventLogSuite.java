package dev.persona.server.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.server.TestClock;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the database must do for events, whichever it is. */
abstract class EventLogSuite {
    @Inject
    EventRepository repository;

    @Inject
    CloudEventFormat format;

    @Inject
    EventConfig config;

    @Inject
    TestClock clock;

    private final List<TakenEvent> told = new ArrayList<>();
    private final EventAudience audience = new EventAudience() {
        @Override
        public void requireRoom() {}

        @Override
        public int tell(TakenEvent event) {
            told.add(event);
            return 3;
        }
    };
    private EventLog log;

    @BeforeEach
    void start() {
        log = log();
        log.settle(log.latestNumber());
    }

    @Test
    void events_are_taken_in_one_order_each_at_its_own_instant() {
        EventLog.Receipt receipt = log.take(List.of(event("a"), event("b"), event("c")), audience);

        assertThat(receipt).isEqualTo(new EventLog.Receipt(3, 0, 9));
        assertThat(told).extracting(TakenEvent::number).isSorted().doesNotHaveDuplicates();
        assertThat(told).extracting(TakenEvent::takenAt).isSorted().doesNotHaveDuplicates();
        assertThat(log.latestNumber()).isEqualTo(told.get(2).number());
    }

    @Test
    void a_duplicate_is_known_within_a_batch_and_after_a_restart() {
        CloudEvent event = event("a");
        assertThat(log.take(List.of(event, event), audience)).isEqualTo(new EventLog.Receipt(1, 1, 3));

        EventLog restarted = log();

        assertThat(restarted.take(List.of(event), audience)).isEqualTo(new EventLog.Receipt(0, 1, 0));
        assertThat(told).hasSize(1);
    }

    @Test
    void an_event_is_kept_whole_until_it_is_settled() {
        log.take(List.of(event("a"), event("b")), audience);
        EventLog restarted = log();
        assertThat(restarted.unsettled()).containsExactlyElementsOf(told);

        restarted.settle(told.get(0).number());

        assertThat(restarted.unsettled()).containsExactly(told.get(1));
    }

    @Test
    void a_duplicate_is_forgotten_after_its_time_but_no_event_that_is_not_settled() {
        CloudEvent settled = event("a");
        CloudEvent unsettled = event("b");
        log.take(List.of(settled, unsettled), audience);
        log.settle(told.get(0).number());

        log.forgetOld(clock.instant().plus(config.deduplicateFor()).plusSeconds(1));

        assertThat(log.take(List.of(settled, unsettled), audience)).isEqualTo(new EventLog.Receipt(1, 1, 3));
    }

    @Test
    void nothing_is_stored_when_the_audience_is_busy() {
        CloudEvent event = event("a");
        EventAudience busy = new EventAudience() {
            @Override
            public void requireRoom() {
                throw new PolicyException(ErrorCode.TOO_MANY, "busy");
            }

            @Override
            public int tell(TakenEvent taken) {
                throw new AssertionError("told");
            }
        };

        assertThatThrownBy(() -> log.take(List.of(event), busy)).isInstanceOf(PolicyException.class);

        assertThat(log.take(List.of(event), audience).accepted()).isEqualTo(1);
    }

    private EventLog log() {
        return new EventLog(repository, format, config, clock, new SimpleMeterRegistry());
    }

    private static CloudEvent event(String name) {
        return CloudEventBuilder.v1()
                .withId(name + "-" + UUID.randomUUID())
                .withSource(URI.create("/test/" + "ü".repeat(200)))
                .withType("alert")
                .withData("application/json", "{\"score\":8}".getBytes(StandardCharsets.UTF_8))
                .build();
    }
}
