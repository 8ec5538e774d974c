package dev.persona.server.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.EventSubscription.Burst;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import dev.persona.server.trigger.Trigger.UserProfile;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a leaf says of what it sees, what it remembers, and when it changes by itself. */
class LeafStateTest {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");
    private static final Threshold BUSY =
            new Threshold("cpu", Operator.GREATER, 0.8, Duration.ofSeconds(20), 0.6, Duration.ofSeconds(10));

    /** What a test lets its triggers see. */
    private record Seen(Optional<Sample> cpu, List<EventArrival> events, Optional<String> someone)
            implements Surroundings {
        static final Seen NOTHING = new Seen(Optional.empty(), List.of(), Optional.empty());

        /** A report of the metric, which is good for half a minute. */
        static Seen cpu(double value, int second) {
            return new Seen(Optional.of(new Sample(value, at(second), at(second + 30))), List.of(), Optional.empty());
        }

        static Seen events(String... ids) {
            return new Seen(
                    Optional.empty(),
                    List.of(ids).stream()
                            .map(id -> new EventArrival("/siem", id))
                            .toList(),
                    Optional.empty());
        }

        @Override
        public Optional<Sample> sample(String metric) {
            return cpu;
        }

        @Override
        public List<EventArrival> arrivals(EventSubscription subscription) {
            return events;
        }

        @Override
        public Optional<String> user(UserProfile profile) {
            return someone;
        }
    }

    @Test
    void a_threshold_says_how_long_it_has_waited_and_what_it_waits_for() {
        LeafState unknown = LeafState.begin(BUSY, at(0), Seen.NOTHING);
        LeafState idle = unknown.next(at(1), Seen.cpu(0.5, 1));
        LeafState waiting = idle.next(at(2), Seen.cpu(0.9, 2)).next(at(7), Seen.cpu(0.9, 2));
        LeafState latched = waiting.next(at(22), Seen.cpu(0.9, 22));
        LeafState within = latched.next(at(23), Seen.cpu(0.7, 23));
        LeafState leaving = within.next(at(24), Seen.cpu(0.6, 24)).next(at(28), Seen.cpu(0.6, 24));
        LeafState left = leaving.next(at(34), Seen.cpu(0.6, 24));
        LeafState stale = left.next(at(54), Seen.cpu(0.6, 24));

        assertThat(unknown.sentence(at(0), Seen.NOTHING)).isEqualTo("`cpu` is not reported");
        assertThat(idle.sentence(at(1), Seen.cpu(0.5, 1))).isEqualTo("`cpu` 0.5 is not > 0.8");
        assertThat(waiting.sentence(at(7), Seen.cpu(0.9, 2))).isEqualTo("`cpu` 0.9 > 0.8 for PT5S of PT20S");
        assertThat(latched.sentence(at(22), Seen.cpu(0.9, 22))).isEqualTo("`cpu` 0.9 > 0.8 for PT20S");
        assertThat(within.sentence(at(23), Seen.cpu(0.7, 23))).isEqualTo("`cpu` 0.7 > 0.6 after > 0.8 for PT20S");
        assertThat(leaving.sentence(at(28), Seen.cpu(0.6, 24)))
                .isEqualTo("`cpu` 0.6 is not > 0.6 for PT4S of PT10S after > 0.8 for PT20S");
        assertThat(left.sentence(at(34), Seen.cpu(0.6, 24))).isEqualTo("`cpu` 0.6 is not > 0.8");
        assertThat(stale.sentence(at(54), Seen.cpu(0.6, 24)))
                .isEqualTo("`cpu` has not been reported since 2026-03-02T08:00:24Z");
    }

    @Test
    void a_threshold_changes_by_itself_when_it_has_waited_or_its_metric_grows_stale_whichever_is_first() {
        LeafState idle = LeafState.begin(BUSY, at(0), Seen.cpu(0.5, 0));
        LeafState waiting = idle.next(at(5), Seen.cpu(0.9, 5));
        Threshold patient = new Threshold("cpu", Operator.GREATER, 0.8, Duration.ofSeconds(30), 0.8, Duration.ZERO);
        LeafState inVain = LeafState.begin(patient, at(0), Seen.cpu(0.9, 0));
        LeafState unknown = inVain.next(at(30), Seen.cpu(0.9, 0));

        assertThat(idle.deadline(Seen.cpu(0.5, 0))).isEqualTo(at(30));
        assertThat(waiting.deadline(Seen.cpu(0.9, 5))).isEqualTo(at(25));
        assertThat(inVain.deadline(Seen.cpu(0.9, 0))).isEqualTo(at(30));
        assertThat(unknown.truth()).isEqualTo(Truth.UNKNOWN);
        assertThat(unknown.deadline(Seen.cpu(0.9, 0))).isEqualTo(LeafState.NEVER);
    }

    @Test
    void staleness_makes_what_is_latched_unknown_and_unlatches_nothing() {
        LeafState latched = LeafState.begin(BUSY, at(0), Seen.cpu(0.9, 0)).next(at(20), Seen.cpu(0.9, 20));
        LeafState stale = latched.next(at(50), Seen.cpu(0.9, 20));
        LeafState withinItsBand = stale.next(at(60), Seen.cpu(0.7, 60));

        assertThat(stale.truth()).isEqualTo(Truth.UNKNOWN);
        assertThat(withinItsBand.truth()).isEqualTo(Truth.TRUE);
    }

    @Test
    void staleness_ends_the_waiting_which_begins_anew_with_the_next_sample() {
        LeafState waiting = LeafState.begin(BUSY, at(0), Seen.cpu(0.5, 0)).next(at(15), Seen.cpu(0.9, 15));
        LeafState stale = waiting.next(
                at(30), new Seen(Optional.of(new Sample(0.9, at(15), at(30))), List.of(), Optional.empty()));
        LeafState again = stale.next(at(31), Seen.cpu(0.9, 31));

        assertThat(stale.truth()).isEqualTo(Truth.UNKNOWN);
        assertThat(again.next(at(50), Seen.cpu(0.9, 31)).truth()).isEqualTo(Truth.FALSE);
        assertThat(again.next(at(51), Seen.cpu(0.9, 31)).truth()).isEqualTo(Truth.TRUE);
    }

    @Test
    void a_state_that_nothing_has_changed_is_the_same_object() {
        LeafState stale = LeafState.begin(BUSY, at(0), Seen.NOTHING);
        LeafState idle = stale.next(at(1), Seen.cpu(0.5, 1));
        LeafState waiting = idle.next(at(2), Seen.cpu(0.9, 2));
        LeafState quiet = LeafState.begin(alert(Optional.empty(), Optional.empty()), at(0), Seen.NOTHING);
        LeafState nobody = LeafState.begin(new UserProfile(Set.of(), Set.of()), at(0), Seen.NOTHING);

        assertThat(stale.next(at(1), Seen.NOTHING)).isSameAs(stale);
        assertThat(idle.next(at(2), Seen.cpu(0.4, 2))).isSameAs(idle);
        assertThat(waiting.next(at(3), Seen.cpu(0.9, 3))).isSameAs(waiting);
        assertThat(quiet.next(at(1), Seen.NOTHING)).isSameAs(quiet);
        assertThat(nobody.next(at(1), Seen.NOTHING)).isSameAs(nobody);
    }

    @Test
    void a_subscription_says_which_event_counts_and_until_when_it_holds() {
        LeafState quiet = LeafState.begin(alert(Optional.of(20), Optional.empty()), at(0), Seen.NOTHING);
        LeafState open = quiet.next(at(1), Seen.events("2", "1"));
        LeafState closed = open.next(at(21), Seen.NOTHING);
        LeafState pulse = LeafState.begin(alert(Optional.empty(), Optional.empty()), at(1), Seen.events("1"));

        assertThat(quiet.sentence(at(0), Seen.NOTHING))
                .startsWith("no event `alert`")
                .endsWith(" has arrived");
        assertThat(open.sentence(at(1), Seen.NOTHING))
                .isEqualTo("event `alert`, held for PT20S at 2026-03-02T08:00:01Z, held until 2026-03-02T08:00:21Z");
        assertThat(((EventState) open).lastEvent()).contains(new EventArrival("/siem", "1"));
        assertThat(open.deadline(Seen.NOTHING)).isEqualTo(at(21));
        assertThat(closed.truth()).isEqualTo(Truth.FALSE);
        assertThat(closed.sentence(at(21), Seen.NOTHING))
                .isEqualTo("event `alert`, held for PT20S last at 2026-03-02T08:00:01Z");
        assertThat(closed.deadline(Seen.NOTHING)).isEqualTo(LeafState.NEVER);
        assertThat(pulse.sentence(at(1), Seen.NOTHING)).isEqualTo("event `alert` at 2026-03-02T08:00:01Z");
        assertThat(pulse.deadline(Seen.NOTHING)).isEqualTo(at(1).plusNanos(1_000));
    }

    @Test
    void a_burst_counts_what_lies_within_its_time_and_no_more_than_it_takes() {
        EventSubscription leaf = alert(Optional.of(5), Optional.of(new Burst(3, Duration.ofSeconds(10))));
        LeafState one = LeafState.begin(leaf, at(0), Seen.events("1"));
        LeafState two = one.next(at(9), Seen.events("2"));
        LeafState late = two.next(at(10), Seen.events("3"));
        LeafState three = late.next(at(11), Seen.events("4", "5", "6", "7"));
        LeafState again = three.next(at(12), Seen.events("8"));
        LeafState over = again.next(at(17), Seen.NOTHING);

        assertThat(two.truth()).isEqualTo(Truth.FALSE);
        assertThat(two.sentence(at(9), Seen.NOTHING))
                .isEqualTo("no event `alert`, 3 times within PT10S, held for PT5S has arrived (2 of 3 within PT10S)");
        assertThat(late.truth()).as("the first is 10 s old").isEqualTo(Truth.FALSE);
        assertThat(three.truth()).isEqualTo(Truth.TRUE);
        assertThat(((EventState) three).recent()).containsOnly(at(11)).hasSize(3);
        assertThat(((EventState) three).counted(at(20))).isEqualTo(3);
        assertThat(((EventState) three).counted(at(21))).isZero();
        assertThat(again.deadline(Seen.NOTHING))
                .as("each further event counts anew")
                .isEqualTo(at(17));
        assertThat(over.truth()).isEqualTo(Truth.FALSE);
        assertThat(over.sentence(at(17), Seen.NOTHING)).endsWith(" last at 2026-03-02T08:00:12Z (3 of 3 within PT10S)");
    }

    @Test
    void a_window_says_when_it_changes_unless_it_never_does() {
        Schedule daily =
                new Schedule(new Windows.Cron(Crontab.parse("0 9 * * *"), Duration.ofHours(1), ZoneOffset.UTC));
        Schedule ever = new Schedule(new Windows.Once(Optional.of(START), Optional.empty()));
        Schedule before = new Schedule(new Windows.Once(Optional.empty(), Optional.of(START)));
        Schedule always =
                new Schedule(new Windows.Cron(Crontab.parse("* * * * *"), Duration.ofMinutes(1), ZoneOffset.UTC));
        LeafState closed = LeafState.begin(daily, at(0), Seen.NOTHING);
        LeafState open = closed.next(at(3_600), Seen.NOTHING);

        assertThat(closed.sentence(at(0), Seen.NOTHING))
                .isEqualTo("the window `0 9 * * *` for PT1H in Z is closed until 2026-03-02T09:00:00Z");
        assertThat(open.sentence(at(3_600), Seen.NOTHING)).endsWith(" is open until 2026-03-02T10:00:00Z");
        assertThat(LeafState.begin(ever, at(0), Seen.NOTHING).sentence(at(0), Seen.NOTHING))
                .isEqualTo("the window from 2026-03-02T08:00:00Z is open");
        assertThat(LeafState.begin(before, at(0), Seen.NOTHING).sentence(at(0), Seen.NOTHING))
                .isEqualTo("the window until 2026-03-02T08:00:00Z is over");
        assertThat(LeafState.begin(always, at(0), Seen.NOTHING).sentence(at(0), Seen.NOTHING))
                .as("its end is out of sight")
                .endsWith(" is open");
    }

    @Test
    void a_user_is_named() {
        UserProfile profile = new UserProfile(Set.of(new Glob("a*")), Set.of());
        Seen alice = new Seen(Optional.empty(), List.of(), Optional.of("alice"));
        LeafState nobody = LeafState.begin(profile, at(0), Seen.NOTHING);
        LeafState someone = nobody.next(at(1), alice);

        assertThat(nobody.sentence(at(0), Seen.NOTHING)).isEqualTo("no user `a*` is logged in");
        assertThat(someone.sentence(at(1), alice)).isEqualTo("user `alice` is logged in");
        assertThat(someone.truth()).isEqualTo(Truth.TRUE);
        assertThat(someone.deadline(alice)).isEqualTo(LeafState.NEVER);
    }

    @Test
    void a_state_is_restored_from_what_it_remembers() {
        LeafState waiting = LeafState.begin(BUSY, at(0), Seen.cpu(0.9, 0));
        LeafState latched = waiting.next(at(20), Seen.cpu(0.9, 20));
        EventSubscription burst = alert(Optional.of(5), Optional.of(new Burst(2, Duration.ofSeconds(10))));
        LeafState counting = LeafState.begin(burst, at(0), Seen.events("1"));
        LeafState open = counting.next(at(1), Seen.events("2"));

        for (LeafState state : List.of(waiting, latched)) {
            assertThat(restored(state, at(20), Seen.cpu(0.9, 20))).isEqualTo(state);
        }
        for (LeafState state : List.of(counting, open)) {
            assertThat(restored(state, at(1), Seen.NOTHING)).isEqualTo(state);
        }
        Seen alice = new Seen(Optional.empty(), List.of(), Optional.of("alice"));
        LeafState someone = LeafState.begin(new UserProfile(Set.of(), Set.of()), at(0), alice);
        LeafState window = LeafState.begin(hour(), at(0), Seen.NOTHING);
        assertThat(restored(someone, at(1), alice)).isEqualTo(someone);
        assertThat(restored(window, at(1), Seen.NOTHING)).isEqualTo(window);
        assertThat(restored(latched, at(50), Seen.cpu(0.9, 20)).truth()).isEqualTo(Truth.UNKNOWN);
        assertThat(restored(open, at(6), Seen.NOTHING).truth()).isEqualTo(Truth.FALSE);
    }

    @Test
    void states_remember_alike_if_and_only_if_their_memories_are_equal() {
        LeafState idle = LeafState.begin(BUSY, at(0), Seen.cpu(0.5, 0));
        LeafState waiting = idle.next(at(1), Seen.cpu(0.9, 1));
        LeafState latched = waiting.next(at(21), Seen.cpu(0.9, 21));
        LeafState leaving = latched.next(at(22), Seen.cpu(0.5, 22));
        LeafState stale = idle.next(at(30), Seen.cpu(0.5, 0));
        assertComparedByMemory(List.of(idle, waiting, latched, leaving, stale));

        EventSubscription burst = alert(Optional.of(5), Optional.of(new Burst(2, Duration.ofSeconds(10))));
        LeafState quiet = LeafState.begin(burst, at(0), Seen.NOTHING);
        LeafState counting = quiet.next(at(0), Seen.events("1"));
        LeafState open = counting.next(at(1), Seen.events("2"));
        LeafState otherEvent = counting.next(at(1), Seen.events("3"));
        LeafState closed = open.next(at(6), Seen.NOTHING);
        LeafState later = open.next(at(2), Seen.events("2"));
        assertComparedByMemory(List.of(quiet, counting, open, otherEvent, closed, later));
        LeafState window = LeafState.begin(hour(), at(0), Seen.NOTHING);
        assertComparedByMemory(List.of(window, window.next(at(3_600), Seen.NOTHING)));
        LeafState nobody = LeafState.begin(new UserProfile(Set.of(), Set.of()), at(0), Seen.NOTHING);
        assertComparedByMemory(
                List.of(nobody, nobody.next(at(1), new Seen(Optional.empty(), List.of(), Optional.of("alice")))));
        assertThat(idle.remembersAs(quiet)).isFalse();
        assertThat(quiet.remembersAs(idle)).isFalse();
    }

    private static void assertComparedByMemory(List<LeafState> states) {
        for (LeafState one : states) {
            for (LeafState other : states) {
                assertThat(one.remembersAs(other))
                        .as("%s and %s", one, other)
                        .isEqualTo(one.memory().equals(other.memory()));
            }
        }
    }

    private static Schedule hour() {
        return new Schedule(new Windows.Once(Optional.of(START), Optional.of(at(3_600))));
    }

    private static LeafState restored(LeafState state, Instant at, Surroundings surroundings) {
        Leaf leaf = state.leaf();
        return LeafState.restore(leaf, state.memory(), at, surroundings);
    }

    private static EventSubscription alert(Optional<Integer> holdSeconds, Optional<Burst> burst) {
        return new EventSubscription("alert", Optional.empty(), List.of(), holdSeconds.map(Duration::ofSeconds), burst);
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }
}
