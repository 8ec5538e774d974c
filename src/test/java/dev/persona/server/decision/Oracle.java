package dev.persona.server.decision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.persona.Persona;
import dev.persona.server.trigger.EventCondition;
import dev.persona.server.trigger.Glob;
import dev.persona.server.trigger.MinuteByMinuteCron;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.UserProfile;
import dev.persona.server.trigger.Windows;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What product.md says of a story, written from its text and sharing no code with the engine but the input records.
 *
 * <p>Deliberately naive: at every whole second, and a microsecond after it (where pulses end), it looks at the whole
 * history anew. Truth is {@code Boolean}, null where it is unknown.
 */
final class Oracle {
    private static final Duration MICROSECOND = Duration.ofNanos(1_000);

    /** What holds from an instant on. */
    record Moment(
            Instant at,
            List<String> active,
            Map<String, String> configuration,
            List<String> conflicts,
            String automatic) {
        boolean sameAs(Moment other) {
            return active.equals(other.active)
                    && configuration.equals(other.configuration)
                    && conflicts.equals(other.conflicts)
                    && automatic.equals(other.automatic);
        }
    }

    private final Story story;
    private final Map<String, Instant> since = new HashMap<>();
    private final Map<String, Instant> ended = new HashMap<>();
    private final Map<String, Instant> shownSince = new HashMap<>();
    private final TreeMap<Instant, Story.Subject> subjects = new TreeMap<>();
    private final TreeMap<Instant, Input.StandingOrders> orders = new TreeMap<>();

    // What has been worked out already.
    private final Map<Story.Subject, List<Persona>> applying = new IdentityHashMap<>();
    private final Map<String, TreeMap<Instant, Double>> samples = new HashMap<>();
    private final Map<List<Object>, LocalDateTime> clocks = new HashMap<>();
    private final Map<Trigger, Map<Instant, Instant>> births = new IdentityHashMap<>();
    private final Map<Trigger, Map<Instant, Map<Instant, Boolean>>> thresholds = new IdentityHashMap<>();
    private final Map<Trigger, Map<Instant, TreeMap<Instant, Long>>> arrivals = new IdentityHashMap<>();
    private final Map<Trigger, Map<Instant, Boolean>> users = new IdentityHashMap<>();
    private List<Object> lastLaidOver = List.of();
    private Moment last;

    Oracle(Story story) {
        this.story = story;
        subjects.put(story.start(), story.subject());
        orders.put(story.start(), new Input.StandingOrders(List.of(), Optional.empty()));
        story.batches().forEach((at, batch) -> {
            batch.subject().ifPresent(subject -> subjects.put(at, subject));
            batch.orders().ifPresent(told -> orders.put(at, told));
        });
    }

    List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        for (Instant second = story.start(); !second.isAfter(story.until()); second = second.plusSeconds(1)) {
            for (Instant t : List.of(second, second.plus(MICROSECOND))) {
                if (t.isAfter(story.until())) {
                    continue;
                }
                Moment moment = moment(t);
                if (moments.isEmpty() || !moments.get(moments.size() - 1).sameAs(moment)) {
                    moments.add(moment);
                }
            }
        }
        return moments;
    }

    private Moment moment(Instant t) {
        List<Persona> applying =
                this.applying.computeIfAbsent(subjects.floorEntry(t).getValue(), Oracle::applying);
        Set<String> ids = new HashSet<>();
        applying.forEach(persona -> ids.add(persona.personaId()));
        for (String id : List.copyOf(since.keySet())) {
            if (!ids.contains(id)) {
                since.remove(id);
                ended.put(id, t);
            }
        }
        for (Persona persona : applying) {
            String id = persona.personaId();
            Boolean activation = any(persona.activationTriggers(), t);
            if (since.containsKey(id)) {
                boolean deactivation = persona.deactivationTriggers().isEmpty()
                        || Boolean.TRUE.equals(any(persona.deactivationTriggers(), t));
                boolean longEnough = !t.isBefore(since.get(id).plus(persona.minimumActive()));
                if (Boolean.FALSE.equals(activation) && deactivation && longEnough) {
                    since.remove(id);
                    ended.put(id, t);
                }
            } else {
                boolean cool =
                        !ended.containsKey(id) || !t.isBefore(ended.get(id).plus(persona.cooldown()));
                if (Boolean.TRUE.equals(activation) && cool) {
                    since.put(id, t);
                }
            }
        }
        return overlay(t, applying);
    }

    private Moment overlay(Instant t, List<Persona> applying) {
        Input.StandingOrders orders = this.orders.floorEntry(t).getValue();
        Optional<Input.Hold> held = orders.hold().filter(hold -> within(t, hold.since(), hold.until()));
        Set<String> pinned = new HashSet<>();
        orders.pins().stream()
                .filter(pin -> within(t, pin.since(), pin.until()))
                .forEach(pin -> pinned.add(pin.personaId()));
        List<Object> laidOver = List.of(applying, Map.copyOf(since), pinned, held);
        if (laidOver.equals(lastLaidOver)) {
            return last;
        }
        lastLaidOver = laidOver;
        last = moment(t, applying, pinned, held);
        return last;
    }

    private Moment moment(Instant t, List<Persona> applying, Set<String> pinned, Optional<Input.Hold> held) {
        List<Persona> pins = new ArrayList<>();
        List<Persona> automatic = new ArrayList<>();
        for (Persona persona : applying) {
            if (pinned.contains(persona.personaId())) {
                pins.add(persona);
            }
            if (since.containsKey(persona.personaId())) {
                automatic.add(persona);
            }
        }
        List<Persona> active = new ArrayList<>(pins);
        automatic.stream().filter(persona -> !pins.contains(persona)).forEach(active::add);
        Set<String> activeIds = new HashSet<>();
        active.forEach(persona -> activeIds.add(persona.personaId()));
        shownSince.keySet().retainAll(activeIds);
        activeIds.forEach(id -> shownSince.putIfAbsent(id, t));

        List<String> shown = new ArrayList<>();
        Map<String, String> configuration = new TreeMap<>();
        List<String> conflicts = new ArrayList<>();
        if (held.isPresent()) {
            shown.add("held " + held.get());
        } else {
            active.forEach(persona -> shown.add(persona.personaId() + " " + persona.priority() + " since "
                    + shownSince.get(persona.personaId()) + (pins.contains(persona) ? " PIN" : " TRIGGER")));
            resolve(active, configuration, conflicts);
        }
        Map<String, String> underneath = new TreeMap<>();
        resolve(automatic, underneath, new ArrayList<>());
        List<String> automaticShown = new ArrayList<>();
        automatic.forEach(persona -> automaticShown.add(
                persona.personaId() + " " + persona.priority() + " since " + since.get(persona.personaId())));
        return new Moment(t, shown, configuration, conflicts, automaticShown + " " + underneath);
    }

    /** Key by key: the value of the first that sets it; all others who set it lose. */
    private static void resolve(List<Persona> active, Map<String, String> configuration, List<String> conflicts) {
        Set<String> keys = new TreeSet<>();
        active.forEach(persona -> keys.addAll(persona.configurationParameters().keySet()));
        for (String key : keys) {
            List<Persona> setters = active.stream()
                    .filter(persona -> persona.configurationParameters().containsKey(key))
                    .toList();
            JsonNode value = setters.get(0).configurationParameters().get(key);
            configuration.put(key, value + " by " + setters.get(0).personaId());
            if (setters.size() > 1) {
                conflicts.add(
                        key + ": " + setters.stream().map(Persona::personaId).toList());
            }
        }
    }

    private static List<Persona> applying(Story.Subject subject) {
        return subject.personas().stream()
                .filter(Persona::enabled)
                .filter(persona -> persona.personaGroups().stream()
                        .anyMatch(group -> subject.groups().contains(group)))
                .sorted(Comparator.comparing((Persona persona) -> -(long) persona.priority())
                        .thenComparing(Persona::personaId))
                .toList();
    }

    private static boolean within(Instant t, Instant from, Optional<Instant> until) {
        return !t.isBefore(from) && (until.isEmpty() || t.isBefore(until.get()));
    }

    private Boolean any(List<Trigger> triggers, Instant t) {
        boolean unknown = false;
        for (Trigger trigger : triggers) {
            Boolean truth = truth(trigger, t);
            if (Boolean.TRUE.equals(truth)) {
                return true;
            }
            unknown |= truth == null;
        }
        return unknown ? null : false;
    }

    private Boolean truth(Trigger trigger, Instant t) {
        if (trigger instanceof Trigger.Any any) {
            return any(any.triggers(), t);
        }
        if (trigger instanceof Trigger.All all) {
            boolean unknown = false;
            for (Trigger part : all.triggers()) {
                Boolean truth = truth(part, t);
                if (Boolean.FALSE.equals(truth)) {
                    return false;
                }
                unknown |= truth == null;
            }
            return unknown ? null : true;
        }
        if (trigger instanceof Trigger.Not not) {
            Boolean truth = truth(not.trigger(), t);
            return truth == null ? null : !truth;
        }
        Instant birth = birth(trigger, t);
        if (trigger instanceof Threshold threshold) {
            Instant second = t.getNano() == 0 ? t : t.minus(MICROSECOND);
            return once(thresholds, threshold, birth, () -> threshold(threshold, birth))
                    .get(second);
        }
        if (trigger instanceof Schedule schedule) {
            return schedule(schedule.windows(), t);
        }
        if (trigger instanceof EventSubscription subscription) {
            return event(subscription, birth, t);
        }
        SortedMap<Instant, Story.Batch> past = story.batches().headMap(t.plusNanos(1));
        Instant latest = past.isEmpty() ? story.start() : past.lastKey();
        return once(users, trigger, latest, () -> user((UserProfile) trigger, t));
    }

    /** What is the same for one trigger and instant, worked out when it is first asked for. */
    private static <T> T once(
            Map<Trigger, Map<Instant, T>> known, Trigger trigger, Instant instant, Supplier<T> answer) {
        return known.computeIfAbsent(trigger, key -> new HashMap<>()).computeIfAbsent(instant, key -> answer.get());
    }

    /** Since when a trigger has been looked at without a break. */
    private Instant birth(Trigger trigger, Instant t) {
        return once(births, trigger, subjects.floorKey(t), () -> findBirth(trigger, t));
    }

    private Instant findBirth(Trigger trigger, Instant t) {
        Instant birth = null;
        for (Map.Entry<Instant, Story.Subject> entry : subjects.entrySet()) {
            if (entry.getKey().isAfter(t)) {
                break;
            }
            boolean present = applying(entry.getValue()).stream()
                    .flatMap(persona -> Stream.concat(
                            persona.activationTriggers().stream(), persona.deactivationTriggers().stream()))
                    .anyMatch(root -> contains(root, trigger));
            birth = present ? (birth == null ? entry.getKey() : birth) : null;
        }
        return birth;
    }

    private static boolean contains(Trigger root, Trigger leaf) {
        if (root instanceof Trigger.All all) {
            return all.triggers().stream().anyMatch(part -> contains(part, leaf));
        }
        if (root instanceof Trigger.Any any) {
            return any.triggers().stream().anyMatch(part -> contains(part, leaf));
        }
        if (root instanceof Trigger.Not not) {
            return contains(not.trigger(), leaf);
        }
        return root.equals(leaf);
    }

    /** The truth at every second from birth on. */
    private Map<Instant, Boolean> threshold(Threshold threshold, Instant birth) {
        Map<Instant, Boolean> truths = new HashMap<>();
        boolean latched = false;
        for (Instant t = birth; !t.isAfter(story.until()); t = t.plusSeconds(1)) {
            if (latched) {
                Predicate<Double> gone =
                        value -> !compares(value, threshold.operator().symbol(), threshold.clearValue());
                latched = !throughout(threshold.metric(), gone, t.minus(threshold.clearFor()), t, birth);
            } else {
                Predicate<Double> there =
                        value -> compares(value, threshold.operator().symbol(), threshold.value());
                latched = throughout(threshold.metric(), there, t.minus(threshold.heldFor()), t, birth);
            }
            truths.put(t, value(threshold.metric(), t) == null ? null : latched);
        }
        return truths;
    }

    /** Whether a metric was fresh and passed a test at every second in [from, to]. */
    private boolean throughout(String metric, Predicate<Double> test, Instant from, Instant to, Instant birth) {
        for (Instant t = from; !t.isAfter(to); t = t.plusSeconds(1)) {
            Double value = t.isBefore(birth) ? null : value(metric, t);
            if (value == null || !test.test(value)) {
                return false;
            }
        }
        return true;
    }

    /** What was reported last, if it is fresh; of several values at one instant the greatest. */
    private Double value(String metric, Instant t) {
        Map.Entry<Instant, Double> last =
                samples.computeIfAbsent(metric, this::samples).floorEntry(t);
        return last == null || !t.isBefore(last.getKey().plus(story.staleAfter())) ? null : last.getValue();
    }

    private TreeMap<Instant, Double> samples(String metric) {
        TreeMap<Instant, Double> found = new TreeMap<>();
        story.batches().forEach((at, batch) -> {
            for (Input input : batch.inputs()) {
                if (input instanceof Input.Metrics metrics && metrics.metrics().containsKey(metric)) {
                    found.merge(at, metrics.metrics().get(metric), Math::max);
                }
            }
        });
        return found;
    }

    private static boolean compares(double left, String operator, double right) {
        return switch (operator) {
            case ">" -> left > right;
            case ">=" -> left >= right;
            case "<" -> left < right;
            case "<=" -> left <= right;
            case "==" -> left == right;
            default -> left != right;
        };
    }

    private boolean schedule(Windows windows, Instant t) {
        if (windows instanceof Windows.Once once) {
            return within(t, once.start().orElse(Instant.MIN), once.end());
        }
        if (windows instanceof Windows.Daily daily) {
            LocalDateTime clock = furthest(daily.zone(), t);
            for (int back = 0; back < 3; back++) {
                LocalDate day = clock.toLocalDate().minusDays(back);
                LocalDateTime from = day.atTime(daily.from());
                LocalDateTime to = daily.to().isAfter(daily.from())
                        ? day.atTime(daily.to())
                        : day.plusDays(1).atTime(daily.to());
                boolean onDay = daily.days().isEmpty() || daily.days().contains(day.getDayOfWeek());
                if (onDay && !clock.isBefore(from) && clock.isBefore(to)) {
                    return true;
                }
            }
            return false;
        }
        Windows.Cron cron = (Windows.Cron) windows;
        Instant minute = Instant.ofEpochSecond(Math.floorDiv(t.getEpochSecond(), 60) * 60);
        for (Instant i = minute; i.plus(cron.duration()).isAfter(t); i = i.minusSeconds(60)) {
            if (starts(cron, i)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the clock, when it went on to this minute, reached or passed a local minute that matches, the first time. */
    private boolean starts(Windows.Cron cron, Instant minute) {
        LocalDateTime before = furthest(cron.zone(), minute.minusSeconds(1));
        LocalDateTime now = furthest(cron.zone(), minute);
        for (LocalDateTime local = before.withSecond(0).plusMinutes(1);
                !local.isAfter(now);
                local = local.plusMinutes(1)) {
            if (MinuteByMinuteCron.matches(cron.crontab().toString(), local)) {
                return true;
            }
        }
        return false;
    }

    /** The furthest that a local clock has ever shown. */
    private LocalDateTime furthest(ZoneId zone, Instant t) {
        LocalDateTime shown = LocalDateTime.ofInstant(t, zone);
        Instant minute = Instant.ofEpochSecond(Math.floorDiv(t.getEpochSecond(), 60) * 60);
        LocalDateTime before = clocks.computeIfAbsent(
                List.of(zone, minute), key -> Stream.iterate(minute.minusSeconds(1), last -> last.minusSeconds(60))
                        .limit(90)
                        .map(last -> LocalDateTime.ofInstant(last, zone))
                        .max(Comparator.naturalOrder())
                        .orElseThrow());
        return shown.isAfter(before) ? shown : before;
    }

    private boolean event(EventSubscription subscription, Instant birth, Instant t) {
        Map<Instant, Long> arrivals = arrivals(subscription, birth).headMap(t, true);
        Duration hold = subscription.hold().orElse(MICROSECOND);
        for (Instant arrival : arrivals.keySet()) {
            boolean enough = subscription.burst().isEmpty()
                    || arrivals.entrySet().stream()
                                    .filter(entry -> entry.getKey()
                                                    .isAfter(arrival.minus(subscription
                                                            .burst()
                                                            .get()
                                                            .within()))
                                            && !entry.getKey().isAfter(arrival))
                                    .mapToLong(Map.Entry::getValue)
                                    .sum()
                            >= subscription.burst().get().atLeast();
            if (enough && t.isBefore(arrival.plus(hold))) {
                return true;
            }
        }
        return false;
    }

    private TreeMap<Instant, Long> arrivals(EventSubscription subscription, Instant birth) {
        return once(arrivals, subscription, birth, () -> {
            TreeMap<Instant, Long> found = new TreeMap<>();
            story.batches().forEach((at, batch) -> {
                long count = batch.inputs().stream()
                        .filter(Input.Event.class::isInstance)
                        .filter(input -> matches(subscription, (Input.Event) input))
                        .count();
                if (count > 0 && !at.isBefore(birth)) {
                    found.put(at, count);
                }
            });
            return found;
        });
    }

    /** Of conditions the stories know one only: a score beyond a number. */
    private static boolean matches(EventSubscription subscription, Input.Event event) {
        for (EventCondition condition : subscription.where()) {
            JsonNode score = event.data().get("score");
            if (score == null || score.asInt() <= condition.value().asInt()) {
                return false;
            }
        }
        return subscription.eventType().equals(event.attributes().get("type"))
                && (subscription.source().isEmpty()
                        || fits(subscription.source().get(), event.attributes().get("source")));
    }

    private boolean user(UserProfile profile, Instant t) {
        List<Input.User> present = new ArrayList<>();
        Instant lastReport = null;
        for (Map.Entry<Instant, Story.Batch> entry : story.batches().entrySet()) {
            boolean reports = entry.getValue().inputs().stream().anyMatch(Input.Users.class::isInstance);
            if (reports && !entry.getKey().isAfter(t)) {
                lastReport = entry.getKey();
            }
        }
        for (Map.Entry<Instant, Story.Batch> entry : story.batches().entrySet()) {
            Instant at = entry.getKey();
            if (at.isAfter(t)) {
                break;
            }
            for (Input input : entry.getValue().inputs()) {
                if (input instanceof Input.Users users && at.equals(lastReport)) {
                    users.users().stream()
                            .filter(user -> !logsOut(user.name(), at, t))
                            .forEach(present::add);
                }
                if (input instanceof Input.Event event
                        && event.attributes().get("type").equals("user.login")) {
                    String name = event.data().get("user").asText();
                    Set<String> groups = new HashSet<>();
                    event.data().get("groups").forEach(group -> groups.add(group.asText()));
                    if (!logsOut(name, at, t)) {
                        present.add(new Input.User(name, groups));
                    }
                }
            }
        }
        return present.stream()
                .anyMatch(user -> profile.users().stream().anyMatch(glob -> fits(glob, user.name()))
                        || profile.groups().stream()
                                .anyMatch(glob -> user.groups().stream().anyMatch(group -> fits(glob, group))));
    }

    private boolean logsOut(String name, Instant from, Instant to) {
        return story.batches().entrySet().stream()
                .filter(entry ->
                        !entry.getKey().isBefore(from) && !entry.getKey().isAfter(to))
                .flatMap(entry -> entry.getValue().inputs().stream())
                .anyMatch(input -> input instanceof Input.Event event
                        && event.attributes().get("type").equals("user.logout")
                        && event.data().get("user").asText().equals(name));
    }

    private static boolean fits(Glob glob, String text) {
        String regex = Stream.of(glob.pattern().split("(?<=\\*)|(?=\\*)"))
                .map(part -> part.equals("*") ? ".*" : Pattern.quote(part))
                .reduce("", String::concat);
        return text.matches(regex);
    }
}
