package dev.persona.agent.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.SimulatedFiles;
import dev.persona.agent.platform.SimulatedFiles.Killed;
import dev.persona.agent.platform.SimulatedFiles.Trouble;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Ends the agent within every single operation of a whole story, by kill -9 and by loss of power: after a new start the
 * host has one whole configuration, and a rollback still finds the true originals.
 *
 * <p>{@code -Dpersona.crash.seeds=N} tries each point with N different fates of what was not synced.
 */
class CrashTest {
    private static final int SEEDS = Integer.getInteger("persona.crash.seeds", 4);

    @BeforeAll
    static void thousands_of_stories_are_not_logged() {
        Logger.getLogger("dev.persona.agent").setLevel(Level.SEVERE);
    }

    @AfterAll
    static void logging_goes_on() {
        Logger.getLogger("dev.persona.agent").setLevel(null);
    }

    /** How far a story came: what is in force, and what would be after the event that was interrupted. */
    private record Progress(Map<String, Setting> before, int event) {}

    @Test
    void a_process_killed_at_any_operation_leaves_no_half_configuration_and_loses_no_original() {
        everyPoint("killed", host -> host.files.restartProcess());
    }

    @Test
    void power_lost_at_any_operation_leaves_no_half_configuration_and_loses_no_original() {
        everyPoint("power lost", SimulatedHost::losePower);
    }

    @Test
    void a_recovery_that_is_killed_itself_at_any_operation_is_recovered_by_the_next() {
        int operations = operationsOfTheStory();
        int stride = Math.max(1, 80 / SEEDS);
        for (int at = 1; at <= operations; at += stride) {
            for (int again = 1; again <= 60; again += 3) {
                SimulatedHost host = new SimulatedHost();
                SplittableRandom chance = new SplittableRandom(at * 1_000L + again);
                story(host, at, chance);
                host.losePower();
                host.files.meet(killedAt(again), chance);
                try {
                    host.start().recover();
                } catch (Killed killed) {
                    // as meant
                }
                host.files.restartProcess();
                assertRecovers(host, "killed at " + at + ", and at " + again + " of the recovery", List.of());
            }
        }
    }

    private static void everyPoint(String how, Consumer<SimulatedHost> end) {
        int operations = operationsOfTheStory();
        assertThat(operations).isGreaterThan(250);
        for (int at = 1; at <= operations; at++) {
            for (int seed = 0; seed < SEEDS; seed++) {
                endsWell(how, at, seed, end);
            }
        }
    }

    private static void endsWell(String how, int at, int seed, Consumer<SimulatedHost> end) {
        SimulatedHost host = new SimulatedHost();
        Progress progress = story(host, at, new SplittableRandom(at * 1_000L + seed));
        end.accept(host);

        List<Map<String, Setting>> allowed = new ArrayList<>(CONFIGURATIONS.get(progress.event));
        allowed.add(Map.of());
        allowed.add(progress.before);
        assertRecovers(
                host, how + " at operation " + at + " (event " + progress.event + ") with seed " + seed, allowed);
    }

    /** @param allowed configurations of which one must be in force; empty means any */
    private static void assertRecovers(SimulatedHost host, String story, List<Map<String, Setting>> allowed) {
        Enforcement enforcement = host.start();

        assertThat(enforcement.recover().outcome()).as(story).isEqualTo("applied");

        Map<String, Setting> inForce = enforcement.active().configuration();
        assertThat(host.observed()).as(story).isEqualTo(host.expected(inForce));
        if (!allowed.isEmpty()) {
            assertThat(allowed).as(story).contains(inForce);
        }

        enforcement.rollback("test", "", Optional.empty());

        assertThat(host.observed()).as(story + ", rolled back").isEqualTo(host.expected(Map.of()));
        assertThat(enforcement.original()).as(story).isEmpty();
    }

    private static Progress story(SimulatedHost host, int killAt, SplittableRandom chance) {
        host.files.meet(killedAt(killAt), chance);
        Enforcement enforcement = host.start();
        Map<String, Setting> before = Map.of();
        int event = 0;
        try {
            enforcement.recover();
            for (; event < SimulatedHost.STORY.size(); event++) {
                SimulatedHost.STORY.get(event).happen(enforcement);
                before = enforcement.active().configuration();
            }
        } catch (Killed killed) {
            return new Progress(before, event);
        }
        return new Progress(before, SimulatedHost.STORY.size() - 1);
    }

    private static Trouble killedAt(int operation) {
        return (count, what, path) -> {
            if (count == operation) {
                throw new SimulatedFiles.Killed();
            }
        };
    }

    private static int operationsOfTheStory() {
        SimulatedHost host = new SimulatedHost();
        story(host, Integer.MAX_VALUE, new SplittableRandom(0));
        return host.files.operations();
    }

    /** What is in force after each event of the undisturbed story. */
    private static final List<List<Map<String, Setting>>> CONFIGURATIONS = configurations();

    private static List<List<Map<String, Setting>>> configurations() {
        SimulatedHost host = new SimulatedHost();
        Enforcement enforcement = host.start();
        enforcement.recover();
        List<List<Map<String, Setting>>> configurations = new ArrayList<>();
        for (SimulatedHost.Event event : SimulatedHost.STORY) {
            event.happen(enforcement);
            assertThat(host.observed())
                    .isEqualTo(host.expected(enforcement.active().configuration()));
            configurations.add(List.of(enforcement.active().configuration()));
        }
        return configurations;
    }
}
