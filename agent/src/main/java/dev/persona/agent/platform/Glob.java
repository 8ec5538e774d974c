package dev.persona.agent.platform;

import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Patterns of names, as the configuration has them: {@code *} stands for any characters, all else for itself. */
public final class Glob {

    private Glob() {}

    static Pattern pattern(String glob) {
        return Pattern.compile(Pattern.quote(glob).replace("*", "\\E.*\\Q"), Pattern.DOTALL);
    }

    /** Takes the names that match one of some patterns; none, if there are no patterns. */
    public static Predicate<String> anyOf(Collection<String> globs) {
        List<Pattern> patterns = globs.stream().map(Glob::pattern).toList();
        return name ->
                patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }
}
