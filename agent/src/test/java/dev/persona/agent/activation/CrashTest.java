package dev.persona.agent.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.SimulatedFiles;
import dev.persona.agent.platform.SimulatedFiles.Killed;
import dev.persona.agent.platform.SimulatedFiles.Trouble;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Ends the agent within random operations of a whole story, by kill -9 and by loss of power: after a new start the host has
 * one whole configuration, and a rollback still finds the true originals.
 *
 * <p>{@code -Dpersona.crash.points=N} tries N points of each way to end.
 */
class CrashTest {
    private static final int POINTS = Integer.getInteger("persona.crash.points", 1_000);

    private static final Predicate<Path> JOURNAL = path -> path.toString().contains("originals.journal");

    /** What is in force after each event of the undisturbed story. */
    private static List<Map<String, Setting>> configurations;

    @BeforeAll
    static void thousands_of_stories_are_not_logged() {
        Logger.getLogger("dev.persona.agent").setLevel(Level.SEVERE);
        configurations = configurations();
    }

    @AfterAll
    static void logging_goes_on() {
        Logger.getLogger("dev.persona.agent").setLevel(null);
    }

    /**
     * How far a story came.
     *
     * @param before what was in force before the event that was interrupted
     * @param killed whether it was interrupted at all
     */
    private record Progress(Map<String, Setting> before, int event, boolean killed) {}

    @Test
    void a_process_killed_at_any_operation_leaves_no_half_configuration_and_loses_no_original() {
        assertThat(POINTS).isGreaterThanOrEqualTo(1_000);
        assertThat(endsWell("killed", host -> host.files.restartProcess(), operations(path -> true)))
                .isEqualTo(POINTS);
    }

    @Test
    void power_lost_at_any_operation_leaves_no_half_configuration_and_loses_no_original() {
        assertThat(endsWell("power lost", SimulatedHost::losePower, operations(path -> true)))
                .isEqualTo(POINTS);
    }

    @Test
    void a_journal_that_is_torn_cut_off_or_garbage_at_its_end_loses_no_original() {
        int[] torn = {0};

        endsWell(
                "power lost in the journal", SimulatedHost::losePower, operations(JOURNAL), POINTS / 4, enforcement -> {
                    if (enforcement.status().warnings().toString().contains("can't be read; the file was set aside")) {
                        torn[0]++;
                    }
                });

        assertThat(torn[0]).isGreaterThan(10);
    }

    @Test
    void a_recovery_that_is_killed_itself_at_any_operation_is_recovered_by_the_next() {
        List<Integer> operations = operations(path -> true);
        SplittableRandom random = new SplittableRandom(3);
        for (int point = 0; point < POINTS / 4; point++) {
            int at = pick(operations, random);
            int again = 1 + random.nextInt(300);
            SimulatedHost host = host(at);
            story(host, at, new SplittableRandom(point));
            host.losePower();
            host.files.meet(killedAt(again), new SplittableRandom(point));
            try {
                host.start().recover();
            } catch (Killed killed) {
                // as meant
            }
            host.files.restartProcess();
            assertRecovers(host, "killed at " + at + ", and at " + again + " of the recovery", List.of());
        }
    }

    @Test
    void the_story_compacts_the_journal_and_everything_that_it_sets_can_be_seen_on_the_host() {
        List<String> compactions = new ArrayList<>();
        SimulatedHost host = host(0);
        host.files.meet(
                (operation, what, path) -> {
                    if (what.equals("rename") && JOURNAL.test(path)) {
                        compactions.add(path.toString());
                    }
                },
                new SplittableRandom(0));
        Enforcement enforcement = host.start();
        enforcement.recover();
        Set<String> set = new TreeSet<>();
        for (SimulatedHost.Event event : SimulatedHost.STORY) {
            event.happen(enforcement);
            enforcement.active().configuration().forEach((parameter, setting) -> {
                if (!SimulatedHost.expected(Map.of(parameter, setting)).equals(SimulatedHost.expected(Map.of()))) {
                    set.add(parameter);
                }
            });
        }

        assertThat(compactions).isNotEmpty();
        assertThat(set).containsAll(SimulatedHost.VALUES.keySet());
    }

    private static int endsWell(String how, Consumer<SimulatedHost> end, List<Integer> operations) {
        return endsWell(how, end, operations, POINTS, enforcement -> {});
    }

    /** @return at how many points a story was ended */
    private static int endsWell(
            String how,
            Consumer<SimulatedHost> end,
            List<Integer> operations,
            int points,
            Consumer<Enforcement> recovered) {
        SplittableRandom random = new SplittableRandom(how.hashCode());
        int ended = 0;
        for (int point = 0; point < points; point++) {
            int at = pick(operations, random);
            SimulatedHost host = host(at);
            Progress progress = story(host, at, new SplittableRandom(point));
            end.accept(host);

            List<Map<String, Setting>> allowed = new ArrayList<>(List.of(configurations.get(progress.event)));
            allowed.add(Map.of());
            allowed.add(progress.before);
            String what = how + " at operation " + at + " (event " + progress.event + ") with seed " + point;
            recovered.accept(assertRecovers(host, what, allowed));
            ended += progress.killed ? 1 : 0;
        }
        return ended;
    }

    /** @param allowed configurations of which one must be in force; empty means any */
    private static Enforcement assertRecovers(SimulatedHost host, String story, List<Map<String, Setting>> allowed) {
        Enforcement enforcement = host.start();

        assertThat(enforcement.recover().outcome()).as(story).isEqualTo("applied");

        Map<String, Setting> inForce = enforcement.active().configuration();
        assertThat(host.astrayFrom(inForce)).as(story).isEmpty();
        if (!allowed.isEmpty()) {
            assertThat(allowed).as(story).contains(inForce);
        }

        enforcement.rollback("test", "", Optional.empty());

        assertThat(host.astrayFrom(Map.of())).as(story + ", rolled back").isEmpty();
        assertThat(enforcement.original()).as(story).isEmpty();
        return enforcement;
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
            return new Progress(before, event, true);
        }
        return new Progress(before, SimulatedHost.STORY.size() - 1, false);
    }

    private static Trouble killedAt(int operation) {
        return (count, what, path) -> {
            if (count == operation) {
                throw new SimulatedFiles.Killed();
            }
        };
    }

    /** The numbers of the operations of the undisturbed story that are of some paths. */
    private static List<Integer> operations(Predicate<Path> which) {
        List<Integer> operations = new ArrayList<>();
        SimulatedHost host = host(0);
        host.files.meet(
                (operation, what, path) -> {
                    if (which.test(path)) {
                        operations.add(operation);
                    }
                },
                new SplittableRandom(0));
        Enforcement enforcement = host.start();
        enforcement.recover();
        SimulatedHost.STORY.forEach(event -> event.happen(enforcement));
        return operations;
    }

    private static int pick(List<Integer> operations, SplittableRandom random) {
        return operations.get(random.nextInt(operations.size()));
    }

    /** Every other one has a journal that is compacted in the course of the story. */
    private static SimulatedHost host(int at) {
        return at % 2 == 0 ? new SimulatedHost().withLongJournal() : new SimulatedHost();
    }

    private static List<Map<String, Setting>> configurations() {
        SimulatedHost host = new SimulatedHost();
        Enforcement enforcement = host.start();
        enforcement.recover();
        List<Map<String, Setting>> configurations = new ArrayList<>();
        for (SimulatedHost.Event event : SimulatedHost.STORY) {
            event.happen(enforcement);
            assertThat(host.astrayFrom(enforcement.active().configuration())).isEmpty();
            configurations.add(enforcement.active().configuration());
        }
        return configurations;
    }
}
