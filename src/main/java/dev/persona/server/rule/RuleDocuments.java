package dev.persona.server.rule;

import dev.persona.server.platform.Fault;
import dev.persona.server.platform.PolicyException;
import io.quarkus.runtime.util.ClassPathUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The custom rules that ship with the server: every DRL file in {@code src/main/resources/rules}. */
public final class RuleDocuments {
    /** The end of the name of a file of rules. */
    public static final String SUFFIX = ".drl";

    private static final String FOLDER = "rules";

    /** Read while this class is initialized, for a native executable has no folder that it could list when it runs. */
    private static final SortedMap<String, String> TEXTS = Collections.unmodifiableSortedMap(read());

    private RuleDocuments() {}

    /** All texts by name without suffix. */
    public static SortedMap<String, String> texts() {
        return TEXTS;
    }

    /**
     * Compiles one of them. Names every fault in the message: nobody answers a request here, so the log is all that an
     * author sees.
     *
     * @throws PolicyException INVALID_DOCUMENT if it can't be compiled
     */
    public static RuleDocument compile(String name, String drl, RuleBounds bounds) {
        try {
            return RuleDocument.compile(name, drl, bounds);
        } catch (PolicyException e) {
            String faults = e.faults().stream().map(Fault::detail).collect(Collectors.joining("\n  "));
            throw new PolicyException(
                    e.code(), "`" + FOLDER + "/" + name + SUFFIX + "` can't be used:\n  " + faults, e.faults());
        }
    }

    private static SortedMap<String, String> read() {
        SortedMap<String, String> texts = new TreeMap<>();
        try {
            ClassPathUtils.consumeAsPaths(
                    RuleDocuments.class.getClassLoader(), FOLDER, folder -> texts.putAll(texts(folder)));
        } catch (IOException e) {
            throw new UncheckedIOException("the rules that ship with the server can't be read", e);
        }
        return texts;
    }

    /** The DRL files of a folder: text by name without suffix. */
    private static SortedMap<String, String> texts(Path folder) {
        SortedMap<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(SUFFIX)) {
                    texts.put(name.substring(0, name.length() - SUFFIX.length()), Files.readString(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the rules in `" + folder + "` can't be read", e);
        }
        return texts;
    }
}
