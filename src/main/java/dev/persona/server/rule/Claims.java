package dev.persona.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Claims on parameters, made in order of rank: the first on a parameter wins, later ones lose. */
public final class Claims {
    private final SortedMap<String, Winner> winners = new TreeMap<>();
    private final SortedMap<String, List<String>> losers = new TreeMap<>();

    /** Who set a parameter to which value: a persona's id, or {@code rule:NAME}. */
    public record Winner(String claimant, JsonNode value) {}

    /** Claims one parameter; a further claim by its winner or by one of its losers counts for nothing. */
    public void claim(String claimant, String parameter, JsonNode value) {
        Winner winner = winners.get(parameter);
        if (winner == null) {
            winners.put(parameter, new Winner(claimant, value));
        } else if (!winner.claimant().equals(claimant)) {
            List<String> others = losers.computeIfAbsent(parameter, name -> new ArrayList<>(3));
            if (!others.contains(claimant)) {
                others.add(claimant);
            }
        }
    }

    /** Claims every parameter of a configuration. */
    public void claim(String claimant, Map<String, JsonNode> parameters) {
        parameters.forEach((parameter, value) -> claim(claimant, parameter, value));
    }

    /** By parameter. */
    public SortedMap<String, Winner> winners() {
        return Collections.unmodifiableSortedMap(winners);
    }

    /** By contested parameter, in order of rank. */
    public SortedMap<String, List<String>> losers() {
        return Collections.unmodifiableSortedMap(losers);
    }
}
