package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How a file of sysfs takes a canonical value, and when what it shows is that value. */
enum SysfsControl {
    /** One word; the file shows all that it takes, the chosen one in brackets: {@code always [madvise] never}. */
    CHOICE {
        @Override
        String text(String parameter, JsonNode value) throws UnusableValueException {
            if (!value.isTextual() || !WORD.matcher(value.textValue()).matches()) {
                throw new UnusableValueException(parameter, KernelFile.excerpt(value), "a word");
            }
            return value.textValue();
        }

        @Override
        Snapshot snapshot(Snapshot file) {
            return file.shown()
                    .map(CHOSEN::matcher)
                    .filter(Matcher::find)
                    .map(chosen -> Snapshot.of(Content.of(chosen.group(1))))
                    .orElse(file);
        }

        /** What isn't listed may still be taken: the kernel loads the module of a scheduler when it is asked for. */
        @Override
        void write(String parameter, JsonNode value, KernelFile file) throws IOException {
            String wanted = text(parameter, value);
            String listed = file.text().orElse("").replaceAll("[\\[\\]]", "");
            try {
                file.write(wanted);
            } catch (IOException refused) {
                if (listed.isEmpty() || Stream.of(listed.split("\\s+")).anyMatch(wanted::equals)) {
                    throw refused;
                }
                String choices = Stream.of(listed.split("\\s+"))
                        .map(word -> "`" + word + "`")
                        .collect(Collectors.joining(", "));
                throw new UnusableValueException(parameter, wanted, "here one of " + choices);
            }
        }
    },

    /** KiB, which the kernel rounds down to whole pages. */
    KIBIBYTES {
        @Override
        String text(String parameter, JsonNode value) throws UnusableValueException {
            if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
                throw new UnusableValueException(
                        parameter, KernelFile.excerpt(value), "a whole number of KiB 0.." + Integer.MAX_VALUE);
            }
            return value.asText();
        }

        @Override
        boolean shows(String wanted, String actual) {
            return IntStream.of(1, 4, 16, 64) // KiB that a page has, by architecture
                    .map(page -> Integer.parseInt(wanted) / page * page)
                    .anyMatch(rounded -> actual.equals(Integer.toString(rounded)));
        }
    };

    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");
    private static final Pattern CHOSEN = Pattern.compile("\\[(\\S+)]");

    /**
     * What to write for a canonical value.
     *
     * @throws UnusableValueException if the parameter can't take it
     */
    abstract String text(String parameter, JsonNode value) throws UnusableValueException;

    /** What of the file's text is the value. */
    Snapshot snapshot(Snapshot file) {
        return file.shown().map(text -> Snapshot.of(Content.of(text))).orElse(file);
    }

    /** Whether a value shown is the one that was written. */
    boolean shows(String wanted, String actual) {
        return wanted.equals(actual);
    }

    void write(String parameter, JsonNode value, KernelFile file) throws IOException {
        file.write(text(parameter, value));
    }
}
