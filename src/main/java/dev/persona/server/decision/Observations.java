package dev.persona.server.decision;

import dev.persona.server.decision.Input.User;
import dev.persona.server.trigger.EventArrival;
import dev.persona.server.trigger.Sample;
import dev.persona.server.trigger.Surroundings;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.UserProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What has been seen of one instance: last samples, users who are logged in, and the events of this very instant. */
final class Observations implements Surroundings {
    static final String LOGIN = "user.login";
    static final String LOGOUT = "user.logout";

    /** How many users told by events are kept; further logins are not seen. */
    private static final int MAXIMUM_TOLD = 1_000;

    private static final Comparator<User> BY_NAME = Comparator.comparing(User::name)
            .thenComparing(user -> user.groups().stream().sorted().toList().toString());

    private final Duration staleAfter;

    /** As {@link #sample} hands them out: every trigger asks at every report. */
    private final Map<String, Optional<Sample>> samples = new HashMap<>();

    private Set<User> reported = Set.of();
    private Set<User> told = Set.of();
    private List<Input.Event> events = List.of();

    Observations(Duration staleAfter) {
        this.staleAfter = staleAfter;
    }

    Observations(Duration staleAfter, Memory memory) {
        this(staleAfter);
        memory.samples()
                .forEach((metric, seen) -> samples.put(
                        metric,
                        Optional.of(
                                new Sample(seen.value(), seen.at(), seen.at().plus(staleAfter)))));
        reported = memory.reported();
        told = memory.told();
    }

    Duration staleAfter() {
        return staleAfter;
    }

    /** What must survive a restart. */
    record Memory(Map<String, Seen> samples, Set<User> reported, Set<User> told) {
        record Seen(double value, Instant at) {}
    }

    Memory memory() {
        return new Memory(
                samples.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> seen(entry.getValue()))),
                reported,
                told);
    }

    private static Memory.Seen seen(Optional<Sample> sample) {
        return new Memory.Seen(
                sample.orElseThrow().value(), sample.orElseThrow().at());
    }

    /**
     * Takes all inputs of one instant.
     *
     * @param relevant metrics of which also a stale sample is kept, for explanations
     * @return whether the users changed
     */
    boolean take(Instant at, List<Input> inputs, Set<String> relevant) {
        events = only(Input.Event.class, inputs);
        Instant staleAt = at.plus(staleAfter);
        int before = samples.size();
        for (Input.Metrics report : only(Input.Metrics.class, inputs)) {
            report.metrics()
                    .forEach((name, value) ->
                            samples.merge(name, Optional.of(new Sample(value, at, staleAt)), Observations::counting));
        }
        if (samples.size() > before) {
            samples.entrySet().removeIf(entry -> !isFresh(entry.getValue(), at) && !relevant.contains(entry.getKey()));
        }
        return takeUsers(inputs);
    }

    /** Of two values of one instant the larger, else the later. */
    private static Optional<Sample> counting(Optional<Sample> before, Optional<Sample> reported) {
        Sample first = before.orElseThrow();
        Sample second = reported.orElseThrow();
        return first.at().equals(second.at()) && first.value() > second.value() ? before : reported;
    }

    private static boolean isFresh(Optional<Sample> sample, Instant at) {
        return sample.orElseThrow().freshAt(at);
    }

    private boolean takeUsers(List<Input> inputs) {
        List<Input.Users> reports = only(Input.Users.class, inputs);
        if (reports.isEmpty() && events.isEmpty()) {
            return false;
        }
        Set<User> nowReported = reports.isEmpty()
                ? reported
                : reports.stream().flatMap(report -> report.users().stream()).collect(Collectors.toSet());
        Set<User> nowTold = new HashSet<>(told);
        events(LOGIN)
                .flatMap(event -> user(event).stream())
                .sorted(BY_NAME)
                .limit(Math.max(0, MAXIMUM_TOLD - told.size()))
                .forEach(nowTold::add);
        Set<String> gone = events(LOGOUT)
                .flatMap(event -> user(event).stream())
                .map(User::name)
                .collect(Collectors.toSet());
        if (!gone.isEmpty()) {
            nowTold.removeIf(user -> gone.contains(user.name()));
            nowReported = nowReported.stream()
                    .filter(user -> !gone.contains(user.name()))
                    .collect(Collectors.toSet());
        }
        boolean changed = !nowReported.equals(reported) || !nowTold.equals(told);
        reported = Set.copyOf(nowReported);
        told = Set.copyOf(nowTold);
        return changed;
    }

    @Override
    public Optional<Sample> sample(String metric) {
        return samples.getOrDefault(metric, Optional.empty());
    }

    @Override
    public List<EventArrival> arrivals(EventSubscription subscription) {
        if (events.isEmpty()) {
            return List.of();
        }
        return events.stream()
                .filter(event -> subscription.matches(event.attributes(), event.data()))
                .map(event -> new EventArrival(
                        event.attributes().getOrDefault("source", ""),
                        event.attributes().getOrDefault("id", "")))
                .toList();
    }

    @Override
    public Optional<String> user(UserProfile profile) {
        return users().filter(user -> profile.matches(user.name(), user.groups()))
                .map(User::name)
                .min(Comparator.naturalOrder());
    }

    /** Everyone logged in, reported or told. */
    Stream<User> users() {
        return Stream.concat(reported.stream(), told.stream()).distinct();
    }

    /** The events of this very instant. */
    List<Input.Event> events() {
        return events;
    }

    /** All metrics that are fresh, by name. */
    Map<String, Sample> fresh(Instant at) {
        Map<String, Sample> fresh = new HashMap<>();
        samples.forEach(
                (metric, sample) -> sample.filter(last -> last.freshAt(at)).ifPresent(last -> fresh.put(metric, last)));
        return fresh;
    }

    private Stream<Input.Event> events(String type) {
        return events.stream().filter(event -> type.equals(event.attributes().get("type")));
    }

    /** The user of a login or logout; empty if its data doesn't say. */
    private static Optional<User> user(Input.Event event) {
        String name = event.data().path("user").asText("");
        Set<String> groups = new HashSet<>();
        event.data().path("groups").forEach(group -> groups.add(group.asText()));
        return name.isEmpty() ? Optional.empty() : Optional.of(new User(name, groups));
    }

    private static <T extends Input> List<T> only(Class<T> type, List<Input> inputs) {
        List<T> found = new ArrayList<>(0);
        for (Input input : inputs) {
            if (type.isInstance(input)) {
                found.add(type.cast(input));
            }
        }
        return found;
    }
}
