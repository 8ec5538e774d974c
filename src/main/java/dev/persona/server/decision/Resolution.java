package dev.persona.server.decision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.decision.Decision.ActivePersona;
import dev.persona.server.decision.Decision.Automatic;
import dev.persona.server.decision.Decision.Conflict;
import dev.persona.server.decision.Decision.Reason;
import dev.persona.server.decision.Decision.Setting;
import dev.persona.server.decision.Decision.Source;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Claims;
import dev.persona.server.rule.Consequences;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Who is active and which value of each parameter wins: pins first, then what holds by itself, both in order of rank.
 *
 * @param pinned in order of rank
 * @param holding what holds by itself, in order of rank
 * @param tenures of the personas that hold
 * @param activeSince of all personas that are active
 * @param ruleClaims of custom rules, in any order; among personas they rank by priority, then by {@code rule:NAME}
 */
record Resolution(
        List<Persona> pinned,
        List<Persona> holding,
        Map<String, Tenure> tenures,
        Map<String, Instant> activeSince,
        List<Consequences.Claim> ruleClaims,
        Optional<Input.Hold> hold) {

    /** One who claims parameters. */
    private record Claimant(int priority, String name, Map<String, JsonNode> parameters) {
        private static final Comparator<Claimant> BY_RANK = Comparator.comparingInt(Claimant::priority)
                .reversed()
                .thenComparing(Claimant::name)
                .thenComparing(claimant -> claimant.parameters().toString());

        void claim(Claims claims) {
            claims.claim(name, parameters);
        }

        static Claimant of(Persona persona) {
            return new Claimant(persona.priority(), persona.personaId(), persona.configurationParameters());
        }

        static Claimant of(Consequences.Claim claim) {
            return new Claimant(claim.priority(), "rule:" + claim.rule(), Map.of(claim.parameter(), claim.value()));
        }
    }

    /** The order in which the claims of custom rules rank. */
    static final Comparator<Consequences.Claim> CLAIMS_BY_RANK = Comparator.comparing(Claimant::of, Claimant.BY_RANK);

    Decision decision(Instant at, long revision, List<Reason> reasons) {
        Claims unpinned = new Claims();
        automatic().forEach(claimant -> claimant.claim(unpinned));
        Automatic automatic = new Automatic(
                holding.stream()
                        .map(persona -> shown(
                                persona,
                                tenures.get(persona.personaId()).since().orElseThrow()))
                        .toList(),
                settings(unpinned));
        if (hold.isPresent()) {
            return new Decision(
                    at, revision, List.of(), Collections.emptySortedMap(), automatic, List.of(), reasons, hold);
        }
        if (pinned.isEmpty()) {
            return new Decision(
                    at, revision, active(), automatic.configuration(), automatic, conflicts(unpinned), reasons, hold);
        }
        Claims claims = new Claims();
        pinned.stream().map(Claimant::of).forEach(claimant -> claimant.claim(claims));
        automatic().forEach(claimant -> claimant.claim(claims));
        return new Decision(at, revision, active(), settings(claims), automatic, conflicts(claims), reasons, hold);
    }

    private List<ActivePersona> active() {
        Stream<ActivePersona> byHand = pinned.stream()
                .map(persona -> new ActivePersona(
                        persona.personaId(), persona.priority(), activeSince.get(persona.personaId()), Source.PIN));
        Stream<ActivePersona> byThemselves = holding.stream()
                .filter(persona -> !pinned.contains(persona))
                .map(persona -> shown(persona, activeSince.get(persona.personaId())));
        return Stream.concat(byHand, byThemselves).toList();
    }

    private ActivePersona shown(Persona persona, Instant since) {
        return new ActivePersona(
                persona.personaId(),
                persona.priority(),
                since,
                tenures.get(persona.personaId()).source());
    }

    private List<Claimant> automatic() {
        Stream<Claimant> personas = holding.stream().map(Claimant::of);
        return ruleClaims.isEmpty()
                ? personas.toList()
                : Stream.concat(personas, ruleClaims.stream().map(Claimant::of))
                        .sorted(Claimant.BY_RANK)
                        .toList();
    }

    private static SortedMap<String, Setting> settings(Claims claims) {
        SortedMap<String, Setting> settings = new TreeMap<>();
        claims.winners()
                .forEach(
                        (parameter, winner) -> settings.put(parameter, new Setting(winner.value(), winner.claimant())));
        return settings;
    }

    private static List<Conflict> conflicts(Claims claims) {
        return claims.losers().entrySet().stream()
                .map(entry -> new Conflict(
                        entry.getKey(), claims.winners().get(entry.getKey()).claimant(), entry.getValue()))
                .toList();
    }
}
