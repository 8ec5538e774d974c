package dev.persona.agent.applier;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of a unit, systemd.unit(5).
 *
 * @param full with its type: {@code nginx.service}
 */
record UnitName(String full) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9:_.\\\\@-]{1,255}");
    private static final Set<String> OTHER_TYPES =
            Set.of("socket", "target", "timer", "path", "slice", "scope", "mount", "automount", "swap", "device");

    /** Types that get resources, systemd.resource-control(5), with the section of their settings. */
    private static final Map<String, String> SECTIONS = Map.of(
            "service", "Service",
            "socket", "Socket",
            "slice", "Slice",
            "scope", "Scope",
            "mount", "Mount",
            "swap", "Swap");

    /** A name without a type is that of a service; empty if it is none. */
    static Optional<UnitName> of(String name) {
        if (!FORM.matcher(name).matches() || name.startsWith(".") || name.contains("..")) {
            return Optional.empty();
        }
        String type = type(name);
        boolean typed = type.equals("service") || OTHER_TYPES.contains(type);
        return Optional.of(new UnitName(typed ? name : name + ".service"));
    }

    /** The one spelling among several: without the type of a service. */
    static String shortest(String full) {
        String name = full.endsWith(".service") ? full.substring(0, full.length() - ".service".length()) : full;
        return of(name).filter(unit -> unit.full.equals(full)).isPresent() ? name : full;
    }

    /** Empty if units of this type get no resources. */
    Optional<String> section() {
        return Optional.ofNullable(SECTIONS.get(type(full)));
    }

    private static String type(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
