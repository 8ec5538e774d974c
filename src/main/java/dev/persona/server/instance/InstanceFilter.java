package dev.persona.server.instance;

import java.util.Locale;
import java.util.Optional;

/**
 * Which instances a list shows; what is absent filters nothing.
 *
 * @param group one of the instance's persona groups
 * @param tag {@code key} or {@code key=value} among the effective tags
 * @param text part of the instance id or host name, whatever the case
 */
record InstanceFilter(
        Optional<String> group, Optional<Liveness> liveness, Optional<String> tag, Optional<String> text) {

    boolean takes(Instance instance, Liveness itsLiveness) {
        return group.map(instance.personaGroups()::contains).orElse(true)
                && liveness.map(itsLiveness::equals).orElse(true)
                && tag.map(wanted -> hasTag(instance.tags(), wanted)).orElse(true)
                && text.map(part -> hasText(instance, part.toLowerCase(Locale.ROOT)))
                        .orElse(true);
    }

    private static boolean hasTag(Tags tags, String wanted) {
        int equals = wanted.indexOf('=');
        return equals < 0
                ? !tags.of(wanted).isEmpty()
                : tags.of(wanted.substring(0, equals)).contains(wanted.substring(equals + 1));
    }

    private static boolean hasText(Instance instance, String part) {
        return instance.instanceId().toLowerCase(Locale.ROOT).contains(part)
                || instance.agent()
                        .map(agent -> agent.hostname().toLowerCase(Locale.ROOT).contains(part))
                        .orElse(false);
    }
}
