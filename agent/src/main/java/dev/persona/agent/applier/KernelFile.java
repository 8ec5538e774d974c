package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.FileStatus;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;

/** A file of proc(5), sysfs(5) or cgroups(7), whose text is a setting of the kernel; written in place. */
record KernelFile(HostFiles files, Path path) {
    /** Most settings fit into a page; some lists, as of reserved ports, take up to this. */
    private static final int LIMIT = 64 * 1024;

    private static final int WRITABLE_BITS = 0222;

    /** Empty if the file can be read and written, or else why not. */
    Optional<String> whyUnusable() throws IOException {
        Optional<FileStatus> status = files.status(path);
        if (status.isEmpty()) {
            return Optional.of("`" + path + "` does not exist");
        }
        if (!status.get().isFile()) {
            return Optional.of("`" + path + "` is no file");
        }
        if ((status.get().ownership().mode() & WRITABLE_BITS) == 0) {
            return Optional.of("`" + path + "` is read-only");
        }
        return Optional.empty();
    }

    Snapshot read() throws IOException {
        return files.read(path, LIMIT).map(Snapshot::of).orElseGet(Snapshot::absent);
    }

    /** The text; empty if the file is gone. */
    Optional<String> text() throws IOException {
        return read().shown();
    }

    void write(String text) throws IOException {
        files.write(path, Content.of(text + "\n"));
    }

    /** Writes what was read; nothing if it is there already or if the file is gone. */
    void restore(Snapshot original) throws IOException {
        Optional<Content> now = files.read(path, LIMIT);
        if (now.isPresent() && original.content().isPresent() && !now.equals(original.content())) {
            files.write(path, original.content().get());
        }
    }

    /**
     * A scalar as the kernel takes it: numbers plain, booleans as 1 and 0.
     *
     * @throws UnusableValueException if it is empty, no scalar, too long, or has control characters
     */
    static String scalar(String parameter, JsonNode value) throws UnusableValueException {
        String text = text(value).strip();
        if (text.isEmpty()
                || text.length() >= LIMIT
                || text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
            throw new UnusableValueException(
                    parameter, excerpt(value), "one line of 1.." + (LIMIT - 1) + " characters, a number or a boolean");
        }
        return text;
    }

    private static String text(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue() ? "1" : "0";
        }
        if (value.isNumber()) {
            BigDecimal number = value.decimalValue();
            boolean isShort = Math.abs((long) number.scale()) + number.precision() < LIMIT; // 1E+999999999 is not
            return isShort ? number.toPlainString() : "";
        }
        return value.isTextual() ? value.textValue() : "";
    }

    /** The start of a value, for messages. */
    static String excerpt(JsonNode value) {
        String text = value.isTextual() ? value.textValue() : value.toString();
        return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }
}
