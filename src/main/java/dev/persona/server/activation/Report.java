package dev.persona.server.activation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.decision.Input;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.platform.Shown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an instance says of one moment.
 *
 * @param metrics finite values by name, at most {@value #MAXIMUM_METRICS}
 * @param users everyone logged in, at most {@value #MAXIMUM_USERS}; absent if not measured
 */
public record Report(Map<String, Double> metrics, Optional<Set<Input.User>> users) {
    static final int MAXIMUM_METRICS = 512;
    static final int MAXIMUM_USERS = 256;
    static final int MAXIMUM_USER_GROUPS = 256;
    private static final int LONGEST_USER = 256;
    private static final Pattern METRIC = Pattern.compile("[\\p{Graph}&&[^`\"\\\\]]{1,255}");

    public Report {
        metrics = Map.copyOf(metrics);
    }

    /** What the instance's machine is to be told; all of one instant. */
    List<Input> inputs() {
        Stream<Input> measured = metrics.isEmpty() ? Stream.empty() : Stream.of(new Input.Metrics(metrics));
        return Stream.concat(measured, users.map(Input.Users::new).stream()).toList();
    }

    /**
     * Checks what was reported, whichever way.
     *
     * @param metrics NaN for what is no number
     * @return without what is faulty
     */
    public static Report checked(Map<String, Double> metrics, Optional<List<Input.User>> users, Faults faults) {
        return new Report(checked(metrics, faults), users.map(all -> checked(all, faults)));
    }

    /** Reads {@code metrics} and {@code users} of a document. */
    static Report read(JsonFields fields) {
        Map<String, Double> metrics = new HashMap<>();
        fields.require("metrics");
        fields.object("metrics").flatMap(object -> fields.node("metrics")).ifPresent(object -> object.fields()
                .forEachRemaining(metric -> metrics.put(
                        metric.getKey(),
                        metric.getValue().isNumber() ? metric.getValue().doubleValue() : Double.NaN)));
        Optional<List<Input.User>> users = fields.node("users").map(node -> readUsers(fields));
        return checked(metrics, users, fields.faults());
    }

    private static List<Input.User> readUsers(JsonFields fields) {
        List<Input.User> users = new ArrayList<>();
        for (JsonNode node : fields.elements("users", MAXIMUM_USERS)) {
            String pointer = JsonFields.child(fields.pointer("users"), Integer.toString(users.size()));
            users.add(readUser(node, pointer, fields.faults()));
        }
        return users;
    }

    private static Input.User readUser(JsonNode node, String pointer, Faults faults) {
        if (node.isTextual()) {
            return new Input.User(node.textValue(), Set.of());
        }
        return JsonFields.of(node, pointer, faults)
                .map(user -> {
                    Set<String> groups = new HashSet<>(user.texts("groups", MAXIMUM_USER_GROUPS));
                    String name = user.text("name").orElse("");
                    user.refuseUnknown();
                    return new Input.User(name, groups);
                })
                .orElseGet(() -> new Input.User("?", Set.of()));
    }

    private static Map<String, Double> checked(Map<String, Double> metrics, Faults faults) {
        if (metrics.size() > MAXIMUM_METRICS) {
            faults.add("/metrics", "has " + metrics.size() + " metrics; at most " + MAXIMUM_METRICS + " are allowed");
            return Map.of();
        }
        Map<String, Double> good = new HashMap<>();
        metrics.forEach((name, value) -> {
            String shown = Shown.text(name);
            if (!METRIC.matcher(name).matches()) {
                faults.add(
                        JsonFields.child("/metrics", shown),
                        "metric `" + shown + "` must have a name of 1 to 255 characters without blanks, quotes and"
                                + " backslashes");
            } else if (!Double.isFinite(value)) {
                faults.add(
                        JsonFields.child("/metrics", name),
                        "metric `" + shown + "` must be a finite number; leave it out if it is unknown");
            } else {
                good.put(name, value);
            }
        });
        return good;
    }

    private static Set<Input.User> checked(List<Input.User> users, Faults faults) {
        if (users.size() > MAXIMUM_USERS) {
            faults.add("/users", "has " + users.size() + " users; at most " + MAXIMUM_USERS + " are allowed");
            return Set.of();
        }
        for (int i = 0; i < users.size(); i++) {
            Input.User user = users.get(i);
            boolean named = Stream.concat(Stream.of(user.name()), user.groups().stream())
                    .allMatch(name -> !name.isEmpty() && name.length() <= LONGEST_USER);
            if (!named || user.groups().size() > MAXIMUM_USER_GROUPS) {
                faults.add(
                        JsonFields.child("/users", Integer.toString(i)),
                        "must have a name of 1 to " + LONGEST_USER + " characters, and at most " + MAXIMUM_USER_GROUPS
                                + " groups with such names");
            }
        }
        return Set.copyOf(new HashSet<>(users));
    }
}
