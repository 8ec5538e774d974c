package dev.persona.server.activation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.persona.server.TurnableClock;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Explanation;
import dev.persona.server.decision.Recording;
import dev.persona.server.event.TakenEvent;
import dev.persona.server.instance.Instance;
import dev.persona.server.instance.Tags;
import dev.persona.server.journal.HistoryEntry.Kind;
import dev.persona.server.journal.Journal;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.rule.PolicyCache;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.TriggerReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the database must do for the running fleet, whichever it is: one fleet ends, another goes on. */
abstract class FleetRepositorySuite {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");

    @Inject
    JdbcMachineStore store;

    @Inject
    Journal journal;

    @Inject
    DataSource dataSource;

    private final TurnableClock clock = new TurnableClock(START);
    private final Instance instance = new Instance(
            "i-" + UUID.randomUUID(),
            Optional.empty(),
            Tags.NONE,
            new Tags(new TreeMap<>(Map.of(Tags.PERSONA_GROUP, new TreeSet<>(Set.of("db"))))),
            1,
            START);

    @BeforeEach
    void registerInstance() throws SQLException {
        execute("insert into instances (instance_id, agent_tags, server_tags, tags_revision, registered_at)"
                + " values (?, '{}', '{}', 0, current_timestamp)");
    }

    @AfterEach
    void deleteInstance() throws SQLException {
        execute("delete from instances where instance_id = ?");
    }

    @Test
    void a_restarted_fleet_decides_as_if_it_had_never_stopped() {
        Fleet stopped = fleet();
        stopped.join(instance, 0);
        stopped.tell(alert());
        stopped.acknowledge(
                instance.instanceId(),
                new Acknowledgement(
                        2,
                        Acknowledgement.Outcome.APPLIED,
                        OptionalLong.of(2),
                        START,
                        new TreeMap<>(),
                        new TreeMap<>(Map.of(
                                "cpu.weight",
                                new Acknowledgement.Drift("800", Optional.of("100"), Optional.empty(), START)))));
        stopped.flush();
        Decision before = stopped.decision(instance.instanceId());

        clock.turn(Duration.ofMinutes(9));
        Fleet second = fleet();
        second.restore(List.of(instance), List.of());
        assertThat(second.decision(instance.instanceId())).isEqualTo(before);
        assertThat(second.of(instance.instanceId()).lastApply()).hasValueSatisfying(applied -> {
            assertThat(applied.path("outcome").asText()).isEqualTo("applied");
            assertThat(applied.at("/drift/cpu.weight/found").asText()).isEqualTo("100");
        });

        clock.turn(Duration.ofMinutes(2));
        Fleet third = fleet();
        third.restore(List.of(instance), List.of());
        Decision after = third.decision(instance.instanceId());
        assertThat(after.activePersonas()).isEmpty();
        assertThat(after.at()).isBetween(START.plus(Duration.ofMinutes(10)), START.plus(Duration.ofMinutes(11)));
        assertThat(after.revision()).isEqualTo(before.revision() + 1);
    }

    @Test
    void a_fleet_that_is_killed_time_and_again_goes_on_from_what_was_stored() throws SQLException {
        int lost = 0;
        for (long seed = 0; seed < 20; seed++) {
            lost += new KilledFleet(store, instance, seed).live();
            deleteInstance();
            registerInstance();
        }
        assertThat(lost).isGreaterThan(20);
    }

    @Test
    void a_decision_is_in_the_history_as_soon_as_it_is_told() {
        Fleet fleet = fleet();
        fleet.join(instance, 0);

        fleet.tell(alert());
        fleet.decision(instance.instanceId());

        assertThat(journal.newestFirst(instance.instanceId(), Long.MAX_VALUE, 10))
                .extracting(numbered -> numbered.entry().kind())
                .containsExactly(Kind.DECIDED, Kind.DECIDED, Kind.REGISTERED);
    }

    @Test
    void a_recording_is_found_by_any_instant_that_it_speaks_of() {
        Recording first = recording(START, START.plusSeconds(60), 100);
        Recording second = recording(START.plusSeconds(60), START.plusSeconds(120), 100);
        store.record(List.of(first, second));

        assertThat(store.recording(instance.instanceId(), START)).isEmpty();
        assertThat(store.recording(instance.instanceId(), START.plusSeconds(60)))
                .hasValueSatisfying(found -> {
                    assertThat(found.begins()).isEqualTo(first.begins());
                    assertThat(found.ends()).isEqualTo(first.ends());
                    assertThat(found.content()).isEqualTo(first.content());
                });
        assertThat(store.recording(instance.instanceId(), START.plusSeconds(61)).map(Recording::begins))
                .contains(second.begins());
        assertThat(store.recording(instance.instanceId(), START.plusSeconds(121)))
                .isEmpty();
        assertThat(store.recording("another", START.plusSeconds(60))).isEmpty();
    }

    @Test
    void recordings_are_forgotten_by_age_and_by_size() {
        for (int minute = 0; minute < 6; minute++) {
            Instant begins = START.plusSeconds(60L * minute);
            store.record(List.of(recording(begins, begins.plusSeconds(60), 900_000)));
        }

        store.forgetOldRecordings(START.plus(Duration.ofHours(1)));
        assertThat(store.recording(instance.instanceId(), START.plusSeconds(120)))
                .as("six of 900,000 bytes are more than four megabytes")
                .isEmpty();
        assertThat(store.recording(instance.instanceId(), START.plusSeconds(121)))
                .isPresent();

        store.forgetOldRecordings(START.plus(Duration.ofHours(24)).plusSeconds(200));
        assertThat(store.recording(instance.instanceId(), START.plusSeconds(121)))
                .isEmpty();
        assertThat(store.recording(instance.instanceId(), START.plusSeconds(300)))
                .isPresent();
    }

    @Test
    void a_fleet_that_stopped_left_its_recordings_to_the_next() {
        Fleet stopped = fleet();
        stopped.join(instance, 0);
        clock.turn(Duration.ofSeconds(20));
        stopped.tell(alert());
        stopped.flush();
        stopped.storeRecordings(true);

        Fleet next = fleet();
        next.restore(List.of(instance), List.of());

        Instant before = START.plusSeconds(19);
        assertThat(next.recordings(instance.instanceId())).noneMatch(recording -> recording.covers(before));
        PersonaReader reader = new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC));
        Explanation past =
                store.recording(instance.instanceId(), before).orElseThrow().explain(before, reader, List.of());
        assertThat(past.at()).isEqualTo(before);
        assertThat(past.personas().get(0).verdict()).startsWith("inactive: no event `alert`");
    }

    private Recording recording(Instant begins, Instant ends, int size) {
        return new Recording(instance.instanceId(), begins, ends, new byte[size]);
    }

    @Test
    void nothing_is_left_of_a_deleted_instance() throws SQLException {
        Fleet fleet = fleet();
        fleet.join(instance, 0);

        fleet.leave(instance.instanceId());
        deleteInstance();
        fleet.flush();

        assertThat(store.all()).extracting(MachineStore.State::instanceId).doesNotContain(instance.instanceId());
        assertThat(journal.newestFirst(instance.instanceId(), Long.MAX_VALUE, 10))
                .isEmpty();
    }

    private Fleet fleet() {
        return new Fleet(
                clock,
                Duration.ofSeconds(30),
                1000,
                new PolicyCache(() -> List.of(lockdown()), List.of()),
                store,
                Runnable::run,
                new FleetMetrics(new SimpleMeterRegistry()),
                made -> {});
    }

    private TakenEvent alert() {
        return new TakenEvent(
                1,
                clock.instant(),
                Map.of("type", "alert", "source", "/test", "subject", instance.instanceId()),
                NullNode.getInstance());
    }

    private static Persona lockdown() {
        return new Persona(
                "lockdown",
                "Lockdown",
                "",
                new TreeSet<>(Set.of("db")),
                1000,
                true,
                new TreeMap<>(Map.of("cpu.weight", IntNode.valueOf(1))),
                List.of(new Trigger.EventSubscription(
                        "alert", Optional.empty(), List.of(), Optional.of(Duration.ofMinutes(10)), Optional.empty())),
                List.of(),
                Duration.ZERO,
                Duration.ZERO,
                1,
                START,
                START);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance.instanceId());
            statement.executeUpdate();
        }
    }
}
