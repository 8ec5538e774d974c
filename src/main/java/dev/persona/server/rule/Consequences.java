package dev.persona.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a custom rule can bring about; rules know it as the global {@code consequences}.
 *
 * <p>A consequence lasts as long as the rule goes on to fire: each evaluation begins anew.
 */
public final class Consequences {
    static final int LIMIT = 1_000;
    private static final int MAXIMUM_LENGTH = 500;

    private final List<Request> requests = new ArrayList<>();
    private final List<Claim> claims = new ArrayList<>();
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
     * @param value a string, a number or a boolean
     * @param priority compares with those of personas
     * @param reason for people; at most 500 characters are kept
     */
    public void set(String parameter, Object value, int priority, String reason) {
        checkRoom(claims.size());
        claims.add(new Claim(firing, parameter, json(value), priority, shortened(reason)));
    }

    void add(Request request) {
        requests.add(request);
    }

    void add(Claim claim) {
        claims.add(claim);
    }

    void firing(String rule) {
        firing = rule;
    }

    /** Takes back all that a rule has brought about. */
    void retract(String rule) {
        requests.removeIf(request -> request.rule().equals(rule));
        claims.removeIf(claim -> claim.rule().equals(rule));
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public List<Claim> claims() {
        return List.copyOf(claims);
    }

    private static void checkRoom(int size) {
        if (size >= LIMIT) {
            throw new IllegalStateException("has more than " + LIMIT + " consequences in one evaluation");
        }
    }

    private static JsonNode json(Object value) {
        if (value instanceof Boolean flag) {
            return BooleanNode.valueOf(flag);
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return LongNode.valueOf(((Number) value).longValue());
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return DoubleNode.valueOf(number.doubleValue());
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
