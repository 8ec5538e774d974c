package dev.persona.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.platform.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a custom rule can bring about; rules know it as the global {@code consequences}.
 *
 * <p>A consequence lasts as long as the rule goes on to fire: each evaluation begins anew.
 */
public final class Consequences {
    static final int LIMIT = 1_000;
    private static final int MAXIMUM_LENGTH = 500;

    /** Up to here a double holds every whole number. */
    private static final double LARGEST_EXACT = 1L << 53;

    private static final ParameterCatalogue CATALOGUE = new ParameterCatalogue();

    private final List<Request> requests = new ArrayList<>();
    private final List<Claim> claims = new ArrayList<>();
    private final SortedSet<String> fired = new TreeSet<>();
    private String firing = "";

    /** A custom rule that activates a persona. */
    public record Request(String rule, String personaId, String reason) {}

    /** A custom rule that sets a parameter; it ranks among personas by priority, then by {@code rule:NAME}. */
    public record Claim(String rule, String parameter, JsonNode value, int priority, String reason) {}

    /**
     * Activates a persona as one of its activation triggers would; of no effect if the instance isn't subject to it.
     *
     * @param reason for people; at most 500 characters are kept
     */
    public void activate(String personaId, String reason) {
        checkRoom(requests.size());
        requests.add(new Request(firing, personaId, shortened(reason)));
    }

    /**
     * Sets a parameter.
     *
     * @param value a string, a number or a boolean that the parameter takes; a number is rounded if only that makes it one
     * @param priority compares with those of personas
     * @param reason for people; at most 500 characters are kept
     */
    public void set(String parameter, Object value, int priority, String reason) {
        checkRoom(claims.size());
        claims.add(new Claim(firing, parameter, fitting(parameter, json(value)), priority, shortened(reason)));
    }

    void firing(String rule) {
        firing = rule;
        fired.add(rule);
    }

    /** Takes back all that a rule has brought about. */
    void retract(String rule) {
        requests.removeIf(request -> request.rule().equals(rule));
        claims.removeIf(claim -> claim.rule().equals(rule));
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    List<Claim> claims() {
        return List.copyOf(claims);
    }

    /** The names of the rules that have fired. */
    Set<String> fired() {
        return Set.copyOf(fired);
    }

    private static void checkRoom(int size) {
        if (size >= LIMIT) {
            throw new IllegalStateException("has more than " + LIMIT + " consequences in one evaluation");
        }
    }

    private static JsonNode fitting(String parameter, JsonNode value) {
        Faults faults = new Faults();
        CATALOGUE.check(parameter, value, "", faults);
        if (faults.isEmpty()) {
            return value;
        }
        JsonNode rounded = value.isDouble() ? LongNode.valueOf(Math.round(value.doubleValue())) : value;
        if (CATALOGUE.canonical(parameter, rounded).isPresent()) {
            return rounded;
        }
        throw new IllegalArgumentException(faults.list().get(0).detail());
    }

    /** The value in the form in which personas have it: whole numbers without a fraction. */
    static JsonNode json(Object value) {
        if (value instanceof Boolean flag) {
            return BooleanNode.valueOf(flag);
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            double amount = number.doubleValue();
            return amount == Math.rint(amount) && Math.abs(amount) < LARGEST_EXACT
                    ? LongNode.valueOf((long) amount)
                    : DoubleNode.valueOf(amount);
        }
        if (value instanceof String text) {
            return TextNode.valueOf(text);
        }
        throw new IllegalArgumentException("a parameter's value must be a string, a finite number or a boolean");
    }

    private static String shortened(String text) {
        return text.length() <= MAXIMUM_LENGTH ? text : text.substring(0, MAXIMUM_LENGTH);
    }
}
