package dev.persona.agent.platform;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One value as JSON in a file of its own, replaced atomically and checksummed.
 *
 * <p>A file whose checksum is wrong is set aside and counts as absent; {@link #warnings} says so.
 */
public final class DurableDocument<T> {
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private final DurableFiles files;
    private final Path file;
    private final Class<T> type;
    private final ObjectMapper json;
    private final List<String> warnings = new ArrayList<>();

    public DurableDocument(DurableFiles files, Path file, Class<T> type, ObjectMapper json) {
        this.files = files;
        this.file = file;
        this.type = type;
        this.json = json;
    }

    /**
     * The value; empty if none was written yet.
     *
     * @throws IOException if there is a file and the host doesn't give it
     */
    public Optional<T> read() throws IOException {
        Optional<Content> content = files.read(file, MAX_BYTES);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> value = content.get()
                .text()
                .filter(text -> text.endsWith("\n"))
                .flatMap(text -> ChecksummedLine.read(text.substring(0, text.length() - 1)))
                .flatMap(this::parsed);
        if (value.isEmpty()) {
            setAside(content.get());
        }
        return value;
    }

    private Optional<T> parsed(String text) {
        try {
            return Optional.of(json.readValue(text, type));
        } catch (IOException otherShape) {
            return Optional.empty();
        }
    }

    /** Returns when the value will survive a loss of power. */
    public void write(T value) throws IOException {
        Content content = Content.of(ChecksummedLine.of(json.writeValueAsString(value)));
        if (content.size() > MAX_BYTES) {
            throw new IOException("`" + file + "` would have more than " + MAX_BYTES + " bytes");
        }
        files.replaceOwn(file, content);
    }

    /** What was found wrong with the file, for people. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    private void setAside(Content content) {
        Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
        try {
            files.replaceOwn(aside, content);
            warnings.add("`" + file + "` can't be read and was set aside as `" + aside + "`");
        } catch (IOException failure) {
            warnings.add("`" + file + "` can't be read, nor set aside: " + Failure.reason(failure));
        }
    }
}
