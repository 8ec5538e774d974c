package dev.persona.server.rulebook;

import dev.persona.server.rule.RuleBounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How many custom rules the server keeps, where else it finds them, and how much they may take. */
@ConfigMapping(prefix = "persona.rules")
public interface RulesConfig {

    /** How many rule documents can be stored, those of the directory included; one more is refused with 429. */
    @WithDefault("100")
    int limit();

    /** How many versions of a rule document are kept, the present one included; 1 or more. */
    @WithDefault("50")
    int versions();

    /** A folder whose {@code *.drl} files are in force, too; without it there is none. */
    Optional<Path> directory();

    /** How often the folder is looked at. */
    @WithDefault("PT2S")
    Duration pollInterval();

    /** After so many failures in a row on one instance a rule document is stopped; 1 or more. */
    @WithDefault("5")
    int failuresInARow();

    /** How many facts a rule document may look at in one pass. */
    @WithDefault("5000")
    int factLimit();

    /** How many comparisons with facts and pairs of facts a rule document may have to make in one pass. */
    @WithDefault("1000000")
    long comparisonLimit();

    /** How often the rules of a document may fire in one pass, together. */
    @WithDefault("10000")
    int firingLimit();

    /** How long one pass of a rule document may take. */
    @WithDefault("PT1S")
    Duration timeLimit();

    /** What one pass of a rule document may take. */
    default RuleBounds bounds() {
        return new RuleBounds(factLimit(), comparisonLimit(), firingLimit(), timeLimit());
    }
}
