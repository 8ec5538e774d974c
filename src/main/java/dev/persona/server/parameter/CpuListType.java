package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A CPU list as in cpuset(7), such as {@code 0-3,8}, or the number of one CPU.
 *
 * <p>Canonical is what the kernel shows: in order, neighbours as a range.
 */
record CpuListType() implements ParameterType {
    private static final int HIGHEST = 8_191;
    private static final int LONGEST = 1_024;
    private static final Pattern FORM = Pattern.compile("[0-9]{1,4}(?:-[0-9]{1,4})?(?:,[0-9]{1,4}(?:-[0-9]{1,4})?)*");

    @Override
    public String expected() {
        return "a CPU list such as `0-3,8`, of CPUs up to " + HIGHEST;
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        String text = value.isIntegralNumber() || value.isTextual() ? value.asText() : "";
        if (text.length() > LONGEST || !FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        BitSet cpus = new BitSet();
        for (String range : text.split(",")) {
            String[] ends = range.split("-");
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (last < first || last > HIGHEST) {
                return Optional.empty();
            }
            cpus.set(first, last + 1);
        }
        return Optional.of(TextNode.valueOf(list(cpus)));
    }

    private static String list(BitSet cpus) {
        List<String> ranges = new ArrayList<>();
        for (int first = cpus.nextSetBit(0); first >= 0; ) {
            int end = cpus.nextClearBit(first);
            ranges.add(end == first + 1 ? Integer.toString(first) : first + "-" + (end - 1));
            first = cpus.nextSetBit(end);
        }
        return String.join(",", ranges);
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.putArray("type").add("integer").add("string");
        return schema.put("minimum", 0)
                .put("maximum", HIGHEST)
                .put("maxLength", LONGEST)
                .put("pattern", "^" + FORM.pattern() + "$");
    }
}
