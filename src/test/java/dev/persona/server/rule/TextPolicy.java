package dev.persona.server.rule;

import dev.persona.server.persona.Persona;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.drools.drl.parser.DrlParser;
import org.drools.drl.parser.DroolsParserException;
import org.kie.api.KieBase;

/** A policy whose personas are compiled by drools-mvel from their DRL text, rather than built in Java. */
public final class TextPolicy {
    private TextPolicy() {}

    /** As {@link Policy#compile} does, without custom rules. */
    public static Policy compile(Set<String> groups, List<Persona> personas) {
        return Policy.compile(
                groups,
                personas,
                List.of(),
                RuleObserver.NOBODY,
                (rules, index) -> compile(PersonaRule.HEADER
                        + rules.stream().map(rule -> rule.drl(index)).collect(Collectors.joining("\n"))));
    }

    static KieBase compile(String text) {
        try {
            Engine.Compilation compilation = Engine.compile(new DrlParser().parse(false, text));
            if (compilation instanceof Engine.Compilation.Compiled compiled) {
                return compiled.rules();
            }
            throw new IllegalArgumentException(compilation + "\n" + text);
        } catch (DroolsParserException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
