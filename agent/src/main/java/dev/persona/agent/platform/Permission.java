package dev.persona.agent.platform;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What the host's owner lets the agent change: a value is permitted if one rule of {@code persona.agent.permit} permits
 * it. Going back to an original value needs no permission.
 */
public final class Permission {
    /**
     * Keys through which the kernel starts programs, and units that open a shell for root or end all others: a wildcard
     * doesn't reach them.
     */
    private static final Pattern BY_FULL_NAME_ONLY = Pattern.compile("sysctl\\.(kernel[./]"
            + "(core_pattern|core_pipe_limit|modprobe|hotplug|poweroff_cmd|usermodehelper[./].*)|fs[./]binfmt_misc[./].*)"
            + "|service\\.(.*\\.target|debug-shell|emergency|rescue"
            + "|systemd-(poweroff|reboot|soft-reboot|halt|kexec|suspend.*|hibernate|hybrid-sleep))");

    private final List<Rule> rules;

    public Permission(List<? extends HostConfig.PermitRule> permit) {
        List<Rule> compiled = new ArrayList<>();
        for (int index = 0; index < permit.size(); index++) {
            compiled.add(new Rule("persona.agent.permit[" + index + "]", permit.get(index)));
        }
        rules = List.copyOf(compiled);
    }

    /** Why a value is not permitted, naming what to configure; empty if it is. */
    public Optional<String> refusal(String parameter, JsonNode value) {
        Optional<String> refusal = Optional.of("`" + parameter + "` is not in `persona.agent.permit`");
        for (Rule rule : rules) {
            if (rule.concerns(parameter)) {
                refusal = rule.refusal(parameter, value);
                if (refusal.isEmpty()) {
                    return refusal;
                }
            }
        }
        return refusal;
    }

    private record Rule(
            String key,
            String exactly,
            Pattern pattern,
            Optional<BigDecimal> minimum,
            Optional<BigDecimal> maximum,
            Optional<List<String>> values) {

        Rule(String key, HostConfig.PermitRule rule) {
            this(
                    key,
                    rule.parameter(),
                    Glob.pattern(rule.parameter()),
                    rule.minimum(),
                    rule.maximum(),
                    rule.values().map(List::copyOf));
        }

        boolean concerns(String parameter) {
            return exactly.equals(parameter)
                    || (pattern.matcher(parameter).matches()
                            && !BY_FULL_NAME_ONLY.matcher(parameter).matches());
        }

        Optional<String> refusal(String parameter, JsonNode value) {
            String text = (value.isValueNode() ? value.asText() : value.toString()).strip();
            if (values.isPresent() && !values.get().contains(text)) {
                return Optional.of(shown(parameter, text) + " is not in `" + key + ".values`");
            }
            if (minimum.isEmpty() && maximum.isEmpty()) {
                return Optional.empty();
            }
            return parts(value)
                    .flatMap(part -> outOfBounds(part).stream())
                    .findFirst()
                    .map(why -> shown(parameter, text) + why);
        }

        /** The numbers of a vector as sysctl(8) takes it, and of the fields of an object. */
        private static Stream<String> parts(JsonNode value) {
            return value.isValueNode()
                    ? Stream.of(value.asText().strip().split("\\s+"))
                    : StreamSupport.stream(value.spliterator(), false).flatMap(Rule::parts);
        }

        private Optional<String> outOfBounds(String part) {
            if (part.equals("max")) {
                return maximum.map(most -> " is above " + most + ", see `" + key + ".maximum`");
            }
            Optional<BigDecimal> number = number(part);
            if (number.isEmpty()) {
                return Optional.of(" is no number, and `" + key + "` has bounds");
            }
            if (minimum.isPresent() && number.get().compareTo(minimum.get()) < 0) {
                return Optional.of(" is below " + minimum.get() + ", see `" + key + ".minimum`");
            }
            if (maximum.isPresent() && number.get().compareTo(maximum.get()) > 0) {
                return Optional.of(" is above " + maximum.get() + ", see `" + key + ".maximum`");
            }
            return Optional.empty();
        }

        private static Optional<BigDecimal> number(String part) {
            try {
                return Optional.of(new BigDecimal(part));
            } catch (NumberFormatException noNumber) {
                return Optional.empty();
            }
        }

        private static String shown(String parameter, String text) {
            String start = text.length() > 40 ? text.substring(0, 40) + "..." : text;
            return "`" + parameter + "` = `" + start + "`";
        }
    }
}
