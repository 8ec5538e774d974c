package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A value of {@code service.<unit>}: whether it runs, resources, or both.
 *
 * @param state {@link #STARTED} or {@link #STOPPED}; empty if it doesn't say
 * @param resources by name, {@code cpu_weight}
 */
record UnitSettings(Optional<String> state, SortedMap<String, Setting> resources) {
    static final String STARTED = "started";
    static final String STOPPED = "stopped";

    /** What {@code systemctl show} is asked for. */
    static final String PROPERTIES = UnitResource.BY_NAME.values().stream()
            .map(UnitResource::property)
            .sorted()
            .collect(Collectors.joining(","));

    private static final String EXPECTED = "`started`, `stopped`, or an object of `state`, `"
            + UnitResource.BY_NAME.keySet().stream().sorted().collect(Collectors.joining("`, `")) + "`";

    /** A resource and the value that it shall have. */
    record Setting(UnitResource resource, String wanted) {}

    UnitSettings {
        resources = Collections.unmodifiableSortedMap(new TreeMap<>(resources));
    }

    /** @throws UnusableValueException if the unit can't take it */
    static UnitSettings of(String parameter, JsonNode value, UnitName unit) throws UnusableValueException {
        if (isState(value)) {
            return new UnitSettings(Optional.of(value.textValue()), new TreeMap<>());
        }
        if (!value.isObject() || value.isEmpty()) {
            throw new UnusableValueException(parameter, KernelFile.excerpt(value), EXPECTED);
        }
        Optional<String> state = Optional.empty();
        SortedMap<String, Setting> resources = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            if (field.getKey().equals("state") && isState(field.getValue())) {
                state = Optional.of(field.getValue().textValue());
                continue;
            }
            UnitResource resource = UnitResource.BY_NAME.get(field.getKey());
            Optional<String> wanted = Optional.ofNullable(resource).flatMap(known -> known.wanted(field.getValue()));
            if (wanted.isEmpty()) {
                throw new UnusableValueException(
                        parameter, field.getKey() + " = " + KernelFile.excerpt(field.getValue()), EXPECTED);
            }
            resources.put(field.getKey(), new Setting(resource, wanted.get()));
        }
        if (!resources.isEmpty() && unit.section().isEmpty()) {
            throw new UnusableValueException(
                    parameter,
                    KernelFile.excerpt(value),
                    "`started` or `stopped`, for `" + unit.full() + "` gets no resources");
        }
        return new UnitSettings(state, resources);
    }

    private static boolean isState(JsonNode value) {
        return STARTED.equals(value.textValue()) || STOPPED.equals(value.textValue());
    }

    /** As systemd.resource-control(5); empty if there are no resources. */
    String text(UnitName unit) {
        if (resources.isEmpty()) {
            return "";
        }
        return resources.values().stream()
                .map(setting -> setting.resource.line(setting.wanted) + "\n")
                .collect(Collectors.joining("", "[" + unit.section().orElseThrow() + "]\n", ""));
    }

    /** Whether {@code systemctl show} shows these resources. */
    boolean areIn(Map<String, String> shown) {
        return resources.values().stream().allMatch(setting -> setting.resource
                .shown(shown.getOrDefault(setting.resource.property(), ""))
                .equals(setting.wanted));
    }

    /** What of them {@code systemctl show} shows, for people. */
    String shown(Map<String, String> shown) {
        return resources.values().stream()
                .map(setting ->
                        ", " + setting.resource.property() + "=" + shown.getOrDefault(setting.resource.property(), ""))
                .collect(Collectors.joining());
    }
}
