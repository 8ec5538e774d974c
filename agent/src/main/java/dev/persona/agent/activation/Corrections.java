package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How often each parameter was set again because something else had changed it; a limit on them keeps two tools that want
 * different values from fighting for ever.
 */
@RegisterForReflection
record Corrections(Map<String, Made> byParameter) {
    static final Corrections NONE = new Corrections(Map.of());

    /**
     * The corrections of one parameter.
     *
     * @param at in order, one at least
     * @param failure why the last came to nothing, absent if it did not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Made(List<Instant> at, @Nullable String failure) {}

    /**
     * Those that count: half-open, so that one exactly {@code within} ago counts no more. One of the future doesn't either,
     * because a clock that was set back would make it count for who knows how long.
     */
    Corrections within(CorrectionLimit limit, Instant now) {
        Map<String, Made> counting = new TreeMap<>();
        byParameter.forEach((parameter, made) -> {
            List<Instant> at = made.at.stream()
                    .filter(each -> each.plus(limit.within()).isAfter(now) && !each.isAfter(now))
                    .toList();
            if (!at.isEmpty()) {
                counting.put(parameter, new Made(at, made.failure));
            }
        });
        return new Corrections(counting);
    }

    /** Whether one more is within the limit, where all of these count. */
    boolean isAllowed(String parameter, CorrectionLimit limit) {
        return at(parameter).size() < limit.corrections();
    }

    /** @param failure why it came to nothing, absent if it did not */
    Corrections with(String parameter, @Nullable String failure, Instant now) {
        Map<String, Made> all = new TreeMap<>(byParameter);
        all.put(
                parameter,
                new Made(Stream.concat(at(parameter).stream(), Stream.of(now)).toList(), failure));
        return new Corrections(all);
    }

    List<Correction> shown(CorrectionLimit limit) {
        return byParameter.entrySet().stream()
                .map(each -> {
                    List<Instant> at = each.getValue().at;
                    Instant last = at.get(at.size() - 1);
                    boolean leftAlone = !isAllowed(each.getKey(), limit);
                    return new Correction(each.getKey(), at.size(), last, leftAlone, each.getValue().failure);
                })
                .toList();
    }

    private List<Instant> at(String parameter) {
        return Optional.ofNullable(byParameter.get(parameter)).map(Made::at).orElse(List.of());
    }
}
