package dev.persona.server.decision;

import dev.persona.server.decision.Decision.Conflict;
import dev.persona.server.decision.Explanation.Claimant;
import dev.persona.server.decision.Explanation.Contest;
import dev.persona.server.decision.Explanation.Loser;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Consequences;
import dev.persona.server.rule.Policy;
import java.util.List;
import java.util.Set;

/**
 * Says why the winner of each contested parameter won.
 *
 * @param pinned the personas that are pinned
 * @param ruleClaims what custom rules claim
 */
record Contests(Policy policy, Set<String> pinned, List<Consequences.Claim> ruleClaims) {
    private static final String RULE = "rule:";

    List<Contest> of(Decision decision) {
        return decision.conflicts().stream().map(this::contest).toList();
    }

    private Contest contest(Conflict conflict) {
        Claimant winner = claimant(conflict.winner(), conflict.parameter());
        return new Contest(
                conflict.parameter(),
                winner,
                conflict.losers().stream()
                        .map(loser -> claimant(loser, conflict.parameter()))
                        .map(loser -> new Loser(loser, because(winner, loser)))
                        .toList());
    }

    /** A claimant with its claim: of several by one rule the first in order of rank, as the decision takes it. */
    private Claimant claimant(String name, String parameter) {
        if (!name.startsWith(RULE)) {
            Persona persona = policy.personas().get(policy.rank(name));
            return new Claimant(
                    name,
                    persona.priority(),
                    pinned.contains(name),
                    persona.configurationParameters().get(parameter));
        }
        Consequences.Claim claim = ruleClaims.stream()
                .filter(made ->
                        name.equals(RULE + made.rule()) && made.parameter().equals(parameter))
                .min(Resolution.CLAIMS_BY_RANK)
                .orElseThrow();
        return new Claimant(name, claim.priority(), false, claim.value());
    }

    private static String because(Claimant winner, Claimant loser) {
        if (winner.pinned() && !loser.pinned()) {
            return "`" + winner.claimant() + "` is pinned, `" + loser.claimant() + "` is not";
        }
        if (winner.priority() != loser.priority()) {
            return "priority " + winner.priority() + " of `" + winner.claimant() + "` is above " + loser.priority()
                    + " of `" + loser.claimant() + "`";
        }
        return "both have priority " + winner.priority() + ", and `" + winner.claimant() + "` sorts before `"
                + loser.claimant() + "`";
    }
}
