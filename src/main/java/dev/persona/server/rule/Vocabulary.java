package dev.persona.server.rule;

import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words of custom rules: the facts with their fields, what can be called on values, and what rules bring about.
 *
 * <p>A word that isn't here means nothing in a custom rule. Types of values are {@code boolean}, {@code double} for every
 * number, {@code String}, {@code Instant}, {@code Set} of text, and the facts.
 */
final class Vocabulary {
    static final String PACKAGE = Vocabulary.class.getPackageName();

    private static final Map<String, Class<?>> FACTS = Stream.of(
                    Instance.class, Metric.class, Window.class, Event.class, UserSession.class, Activation.class)
            .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));
    private static final Map<Class<?>, Map<String, Class<?>>> FIELDS =
            FACTS.values().stream().collect(Collectors.toMap(Function.identity(), Vocabulary::recordFields));

    /** Fields of which a fact has one value each, so that equality with it leaves at most one fact, or a few. */
    private static final Map<Class<?>, String> KEYS = Map.of(
            Metric.class, "name", Window.class, "personaId", UserSession.class, "name", Activation.class, "personaId");

    private static final Map<Class<?>, Map<String, Call>> CALLS = Map.of(
            Event.class,
                    Map.of(
                            "attribute", new Call(String.class, String.class, false),
                            "text", new Call(String.class, String.class, true),
                            "number", new Call(double.class, String.class, true)),
            String.class,
                    Map.of(
                            "startsWith", new Call(boolean.class, String.class, false),
                            "endsWith", new Call(boolean.class, String.class, false),
                            "contains", new Call(boolean.class, String.class, false)),
            Metric.class, Map.of("reportedWithin", new Call(boolean.class, double.class, false)),
            Activation.class, Map.of("activeFor", new Call(boolean.class, double.class, false)),
            Set.class, Map.of("contains", new Call(boolean.class, String.class, false)),
            Instant.class,
                    Map.of(
                            "isBefore", new Call(boolean.class, Instant.class, false),
                            "isAfter", new Call(boolean.class, Instant.class, false),
                            "plusSeconds", new Call(Instant.class, double.class, false),
                            "minusSeconds", new Call(Instant.class, double.class, false)));

    /** All functions of {@code accumulate}; each gives a number. */
    static final Set<String> FUNCTIONS = Set.of("count", "sum", "min", "max", "average");

    private Vocabulary() {}

    /**
     * What can be called with one argument.
     *
     * @param pointer whether the argument is a JSON pointer
     */
    record Call(Class<?> result, Class<?> argument, boolean pointer) {}

    /** The fact of this simple name. */
    static Optional<Class<?>> fact(String name) {
        return Optional.ofNullable(FACTS.get(name));
    }

    /** The names of all facts. */
    static Set<String> facts() {
        return FACTS.keySet();
    }

    /** The names, with their package, of all classes that a rule may import. */
    static Set<String> classes() {
        return Stream.concat(FACTS.values().stream(), Stream.of(Consequences.class))
                .map(Class::getName)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** All words: the names of facts, of fields, and of what can be called. */
    static Set<String> words() {
        return Stream.of(
                        FACTS.keySet().stream(),
                        FIELDS.values().stream().flatMap(fields -> fields.keySet().stream()),
                        CALLS.values().stream().flatMap(calls -> calls.keySet().stream()))
                .flatMap(Function.identity())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The fields of a fact by name; none of another type. */
    static Map<String, Class<?>> fields(Class<?> type) {
        return FIELDS.getOrDefault(type, Map.of());
    }

    /** What can be called on a value, by name. */
    static Map<String, Call> calls(Class<?> type) {
        return CALLS.getOrDefault(type, Map.of());
    }

    /** The field that tells one fact of a type from another, if there is one. */
    static Optional<String> key(Class<?> fact) {
        return Optional.ofNullable(KEYS.get(fact));
    }

    /** Whether there is one fact of this type at most. */
    static boolean isSingle(Class<?> fact) {
        return fact == Instance.class;
    }

    /** A type as messages name it. */
    static String shown(Class<?> type) {
        if (type == boolean.class) {
            return "a truth value";
        }
        if (type == double.class) {
            return "a number";
        }
        if (type == String.class) {
            return "text";
        }
        if (type == Instant.class) {
            return "an instant";
        }
        return type == Set.class ? "a set of texts" : "a fact `" + type.getSimpleName() + "`";
    }

    /** Names as messages list them. */
    static String named(Set<String> names) {
        return String.join(
                ", ", names.stream().sorted().map(name -> "`" + name + "`").toList());
    }

    private static Map<String, Class<?>> recordFields(Class<?> fact) {
        Map<String, Class<?>> fields = new LinkedHashMap<>();
        for (RecordComponent component : fact.getRecordComponents()) {
            Class<?> type = component.getType();
            if (type == int.class || type == long.class || type == double.class) {
                fields.put(component.getName(), double.class);
            } else if (List.of(boolean.class, String.class, Instant.class, Set.class)
                    .contains(type)) {
                fields.put(component.getName(), type);
            }
        }
        return fields;
    }
}
