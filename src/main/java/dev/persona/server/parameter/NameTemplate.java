package dev.persona.server.parameter;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a parameter, or of a family of them: {@code cpu.weight}, {@code io.max.<device>}.
 *
 * <p>What stands for a placeholder may become part of a path on a host: it never holds {@code ..} or control characters,
 * and a slash only where sysctl(8) takes one. Nothing can be written in two ways: of the two spellings that sysctl(8) takes,
 * only that with dots between the parts is a name.
 */
final class NameTemplate {
    static final int LONGEST = 255;

    private final String text;
    private final String prefix;
    private final String suffix;
    private final Optional<Placeholder> placeholder;
    private final Pattern pattern;

    NameTemplate(String text) {
        this.text = text;
        this.placeholder = Arrays.stream(Placeholder.values())
                .filter(candidate -> text.contains(candidate.shown()))
                .findFirst();
        int start = placeholder.map(found -> text.indexOf(found.shown())).orElse(text.length());
        this.prefix = text.substring(0, start);
        this.suffix = placeholder
                .map(found -> text.substring(start + found.shown().length()))
                .orElse("");
        this.pattern = Pattern.compile(
                Pattern.quote(prefix) + placeholder.map(found -> found.form).orElse("") + Pattern.quote(suffix));
    }

    boolean matches(String name) {
        return name.length() <= LONGEST && pattern.matcher(name).matches();
    }

    /** Whether a name is of this family as far as the literal part goes. */
    boolean claims(String name) {
        return placeholder.isPresent() && (name + ".").startsWith(prefix) && name.endsWith(suffix);
    }

    /** What may stand for the placeholder, for people; empty if there is none. */
    Optional<String> rule() {
        return placeholder.map(found -> "`" + found.shown() + "` in `" + text + "` takes " + found.rule);
    }

    /** The name that would be of this family if somebody had mistyped its literal part. */
    String resembling(String name) {
        if (placeholder.isEmpty()) {
            return text;
        }
        int segments = (int) prefix.chars().filter(c -> c == '.').count();
        String[] parts = name.split("\\.", segments + 1);
        String tail =
                parts.length > segments ? parts[segments] : placeholder.get().shown();
        int end = tail.lastIndexOf('.');
        String middle = suffix.isEmpty() || end < 0 ? tail : tail.substring(0, end);
        return prefix + middle + suffix;
    }

    @Override
    public String toString() {
        return text;
    }

    /** What stands for a part of a name. */
    private enum Placeholder {
        DEVICE("[A-Za-z0-9][A-Za-z0-9_!:-]{0,31}", "the kernel's name of a block device, such as `sda`"),
        INTERFACE(
                "[A-Za-z0-9][A-Za-z0-9_@-]*(?:\\.[A-Za-z0-9_@-]+)*", "the name of a network interface, such as `eth0`"),
        KEY(
                "[A-Za-z0-9_][A-Za-z0-9_:@+-]*(?:\\.[A-Za-z0-9_:@+-]+(?:[./][A-Za-z0-9_:@+-]+)*)?",
                "a sysctl key of letters, digits and `_-:@+`, parted by `.`; a `/` stands for a dot within a part"),
        UNIT("[A-Za-z0-9:_\\\\@-]+(?:\\.[A-Za-z0-9:_\\\\@-]+)*", "the name of a systemd unit, such as `nginx`"),
        NAME("[A-Za-z0-9_][A-Za-z0-9_:@+-]*(?:\\.[A-Za-z0-9_:@+-]+)*", "letters, digits and `_-:@+`, parted by `.`");

        private final String form;
        private final String rule;

        Placeholder(String form, String rule) {
            this.form = form;
            this.rule = rule;
        }

        String shown() {
            return "<" + name().toLowerCase(Locale.ROOT) + ">";
        }
    }
}
