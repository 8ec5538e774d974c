package dev.persona.server.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.TestClock;
import dev.persona.server.instance.InstanceRepository.Stored;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the database must do for instances, whichever it is. */
abstract class InstanceRepositorySuite {
    @Inject
    InstanceRepository repository;

    @Inject
    TestClock clock;

    private final String id = "i-" + UUID.randomUUID();

    @AfterEach
    void leaveNothingBehind() {
        repository.remove(id);
    }

    @Test
    void what_was_stored_is_loaded_unchanged() {
        Instance instance =
                instance(Optional.of(new Instance.Agent("host", "0.1.0", "boot-1")), tags("db", "linux"), 3);

        repository.save(List.of(instance));

        assertThat(stored()).contains(new Stored(instance, Optional.empty()));
    }

    @Test
    void a_change_takes_the_place_of_what_was_there() {
        repository.save(List.of(instance(Optional.of(new Instance.Agent("host", "0.1.0", "boot-1")), tags("db"), 1)));
        Instance changed = instance(Optional.empty(), tags("web"), 2);

        repository.save(List.of(changed));

        assertThat(stored()).contains(new Stored(changed, Optional.empty()));
    }

    @Test
    void contact_times_of_many_are_stored_at_once_and_those_of_deleted_ones_left_out() {
        Instant heard = now();
        repository.save(List.of(instance(Optional.empty(), Tags.NONE, 1)));

        repository.saveHeard(Map.of(id, heard, "deleted", heard));

        assertThat(stored())
                .hasValueSatisfying(stored -> assertThat(stored.lastHeardAt()).contains(heard));
    }

    @Test
    void what_was_removed_is_gone() {
        repository.save(List.of(instance(Optional.empty(), Tags.NONE, 1)));

        repository.remove(id);

        assertThat(stored()).isEmpty();
    }

    private Optional<Stored> stored() {
        List<Stored> all = repository.all();
        return all.stream()
                .filter(stored -> stored.instance().instanceId().equals(id))
                .findFirst();
    }

    private Instance instance(Optional<Instance.Agent> agent, Tags serverTags, long revision) {
        return new Instance(id, agent, tags("agent"), serverTags, revision, now());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Tags tags(String... groups) {
        TreeMap<String, SortedSet<String>> values = new TreeMap<>();
        values.put(Tags.PERSONA_GROUP, new TreeSet<>(List.of(groups)));
        return new Tags(values);
    }
}
