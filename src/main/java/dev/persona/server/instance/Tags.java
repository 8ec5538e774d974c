package dev.persona.server.instance;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Keys and their values on an instance.
 *
 * <p>Values of one key are a set; a key without values is the same as no key.
 *
 * @param values by key, both sorted
 */
public record Tags(@JsonValue SortedMap<String, SortedSet<String>> values) {
    public static final Tags NONE = new Tags(Collections.emptySortedMap());

    /** The tag whose values name the persona groups that an instance is subject to. */
    public static final String PERSONA_GROUP = "persona_group";

    static final int MAXIMUM_KEYS = 64;
    static final int MAXIMUM_VALUES = 64;
    static final int MAXIMUM_VALUE_LENGTH = 253;
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:/-]{0,62}");

    public Tags {
        SortedMap<String, SortedSet<String>> copy = new TreeMap<>();
        values.forEach((key, set) -> {
            if (!set.isEmpty()) {
                copy.put(key, Collections.unmodifiableSortedSet(new TreeSet<>(set)));
            }
        });
        values = Collections.unmodifiableSortedMap(copy);
    }

    /** The groups that an instance with these tags is subject to. */
    public SortedSet<String> personaGroups() {
        return of(PERSONA_GROUP);
    }

    /** The values of a key, none if the key is absent. */
    public SortedSet<String> of(String key) {
        return values.getOrDefault(key, Collections.emptySortedSet());
    }

    /** All values of both, key by key. */
    public Tags union(Tags other) {
        SortedMap<String, SortedSet<String>> union = new TreeMap<>();
        values.forEach((key, set) ->
                union.computeIfAbsent(key, absent -> new TreeSet<>()).addAll(set));
        other.values.forEach((key, set) ->
                union.computeIfAbsent(key, absent -> new TreeSet<>()).addAll(set));
        return new Tags(union);
    }

    /**
     * Reads an object whose fields are a string, or an array of strings, each.
     *
     * @param pointer JSON pointer of the node within its document
     * @return absent if the node is no object; faulty keys and values are left out
     */
    public static Optional<Tags> read(JsonNode node, String pointer, Faults faults) {
        return JsonFields.of(node, pointer, faults).map(fields -> {
            if (node.size() > MAXIMUM_KEYS) {
                faults.add(pointer, "has " + node.size() + " keys; at most " + MAXIMUM_KEYS + " are allowed");
                return NONE;
            }
            SortedMap<String, SortedSet<String>> values = new TreeMap<>();
            node.fieldNames().forEachRemaining(key -> {
                if (KEY.matcher(key).matches()) {
                    values.put(key, readValues(fields, node, key));
                } else {
                    String shown = key.length() <= 80 ? key : key.substring(0, 80) + "…";
                    faults.add(
                            fields.pointer(shown),
                            "key `" + shown + "` must be 1 to 63 of letters, digits and `_ . : / -`, a letter or digit"
                                    + " first");
                }
            });
            return new Tags(values);
        });
    }

    private static SortedSet<String> readValues(JsonFields fields, JsonNode node, String key) {
        SortedSet<String> values = new TreeSet<>();
        if (node.get(key).isTextual()) {
            fields.text(key).ifPresent(values::add);
        } else {
            values.addAll(fields.texts(key, MAXIMUM_VALUES));
        }
        values.removeIf(value -> !fields.check(
                key,
                !value.isEmpty() && value.length() <= MAXIMUM_VALUE_LENGTH,
                "must have values of 1 to " + MAXIMUM_VALUE_LENGTH + " characters"));
        return values;
    }
}
