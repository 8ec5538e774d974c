package dev.persona.agent.tuned;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The form of TuneD's files, as Python's ConfigParser reads them: sections, {@code option = value}, {@code #} and {@code
 * ;} at the start of a line and a spaced {@code #} within it begin comments, an indented line goes on with the last value.
 */
final class IniText {
    private static final Pattern COMMENT = Pattern.compile("(^|\\s+)#.*$");

    private final String name;
    private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    private Map<String, String> section = new LinkedHashMap<>();
    private String option = "";

    private IniText(String name) {
        this.name = name;
    }

    /**
     * The options by section, each in the order of the text.
     *
     * @param first the section that the text begins in; a section of another name has to begin it, if empty
     * @param name of the file, for messages
     * @throws ProfileException if a line is neither option, section, comment nor continuation
     */
    static Map<String, Map<String, String>> parse(String text, String first, String name) {
        IniText parser = new IniText(name);
        if (!first.isEmpty()) {
            parser.begin(first);
        }
        int number = 0;
        for (String line : text.split("\n", -1)) {
            parser.take(line, ++number);
        }
        return parser.sections;
    }

    private void begin(String title) {
        section = sections.computeIfAbsent(title, unused -> new LinkedHashMap<>());
        option = "";
    }

    private void take(String line, int number) {
        if (line.startsWith(";")) {
            return;
        }
        String content = COMMENT.matcher(line).replaceFirst("").stripTrailing();
        boolean indented = !line.isEmpty() && Character.isWhitespace(line.charAt(0));
        int equals = content.indexOf('=');
        if (content.isBlank()) {
            return;
        } else if (indented && !option.isEmpty()) {
            section.merge(option, content.strip(), (before, more) -> before + "\n" + more);
        } else if (content.strip().startsWith("[") && content.endsWith("]")) {
            begin(content.strip().substring(1, content.strip().length() - 1));
        } else if (equals > 0 && !sections.isEmpty()) {
            option = content.substring(0, equals).strip();
            section.put(option, content.substring(equals + 1).strip());
        } else {
            throw new ProfileException("`" + name + "` line " + number + " is no `option = value` of a section");
        }
    }
}
