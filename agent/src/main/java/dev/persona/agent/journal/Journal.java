package dev.persona.agent.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.agent.platform.ChecksummedLine;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.DurableFiles;
import dev.persona.agent.platform.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The original values, in the order in which they were first changed; on disk before {@link #save} returns.
 *
 * <p>The file grows by checksummed lines and is replaced by a compact one when most of it is history. A line that can't
 * be read, at its end or within, costs that line only: the damaged file is set aside, and {@link #warnings} says so.
 *
 * <p>INVARIANT: what {@link #originals} holds is on disk. The other way round the file may hold more for a while: after
 * a failed write its end is unknown, and the next write replaces it wholly.
 *
 * <p>Not thread-safe.
 */
public final class Journal {
    /** Parameters with an original at one time. */
    static final int MAX_ORIGINALS = 1_000;

    /** Bytes of the file, and so of all originals together. */
    static final int MAX_BYTES = 64 * 1024 * 1024;

    /** Below this the file is not worth compacting. */
    static final int SMALL_BYTES = 64 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DurableFiles files;
    private final Path file;
    private final Map<String, Original> originals = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private int fileBytes;
    private boolean replaceNext;

    private Journal(DurableFiles files, Path file) {
        this.files = files;
        this.file = file;
    }

    /**
     * Reads the journal, or begins one.
     *
     * @throws IOException if there is a file that can't be read: then nothing on the host may be changed
     */
    public static Journal open(DurableFiles files, Path file) throws IOException {
        Journal journal = new Journal(files, file);
        Optional<Content> content = files.read(file, MAX_BYTES);
        if (content.isPresent()) {
            journal.take(content.get());
        } else {
            journal.replaceNext = true;
        }
        return journal;
    }

    /** Oldest first. */
    public List<Original> originals() {
        return List.copyOf(originals.values());
    }

    public Optional<Original> original(String parameter) {
        return Optional.ofNullable(originals.get(parameter));
    }

    /** What was found wrong with the file, for people. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * Adds originals of parameters that have none yet; returns when they will survive a loss of power.
     *
     * @throws IOException if they may not; none of them counts as saved then
     */
    public void save(Collection<Original> added) throws IOException {
        if (added.isEmpty()) {
            return;
        }
        if (originals.size() + added.size() > MAX_ORIGINALS) {
            throw new IOException("the journal holds " + originals.size() + " originals, and " + MAX_ORIGINALS
                    + " at most; roll back to empty it");
        }
        List<JournalRecord> records = new ArrayList<>();
        for (Original original : added) {
            if (originals.putIfAbsent(original.parameter(), original) != null) {
                throw new IllegalArgumentException("`" + original.parameter() + "` has an original already");
            }
            records.add(new JournalRecord.Saved(original));
        }
        try {
            write(records);
        } catch (IOException | RuntimeException failure) {
            added.forEach(original -> originals.remove(original.parameter()));
            throw failure;
        }
    }

    /**
     * Drops originals that the host has again, or that a boot has made void.
     *
     * @throws IOException if the file may still hold them; they are gone from here, and the next write will settle it
     */
    public void forget(Collection<String> parameters) throws IOException {
        List<JournalRecord> records = new ArrayList<>();
        for (String parameter : parameters) {
            if (originals.remove(parameter) != null) {
                records.add(new JournalRecord.Forgotten(parameter));
            }
        }
        if (!records.isEmpty()) {
            write(records);
        }
    }

    private void write(List<JournalRecord> records) throws IOException {
        Content lines = lines(records);
        boolean replace = replaceNext || isMostlyHistory(fileBytes + lines.size());
        replaceNext = true; // until this write has succeeded
        if (replace) {
            compact();
        } else {
            files.append(file, lines);
            fileBytes += lines.size();
        }
        replaceNext = false;
    }

    private void compact() throws IOException {
        Content lines = live();
        if (lines.size() > MAX_BYTES) {
            throw new IOException("the original values have more than " + MAX_BYTES + " bytes together");
        }
        files.replaceOwn(file, lines);
        fileBytes = lines.size();
    }

    private Content live() {
        return lines(originals.values().stream()
                .map(original -> (JournalRecord) new JournalRecord.Saved(original))
                .toList());
    }

    private boolean isMostlyHistory(int bytes) {
        return bytes > SMALL_BYTES && (bytes > MAX_BYTES || bytes > 4 * live().size());
    }

    private static Content lines(List<JournalRecord> records) {
        StringBuilder lines = new StringBuilder();
        for (JournalRecord record : records) {
            lines.append(ChecksummedLine.of(JournalRecord.toJson(record).toString()));
        }
        return Content.of(lines.toString());
    }

    private void take(Content content) {
        fileBytes = content.size();
        String text = new String(content.bytes(), StandardCharsets.UTF_8);
        int unreadable = 0;
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            boolean whole = end >= 0;
            String line = text.substring(start, whole ? end : text.length());
            if (!whole || !takeLine(line)) {
                unreadable++;
            }
            start = whole ? end + 1 : text.length();
        }
        if (unreadable > 0) {
            setAside(content, unreadable);
        }
    }

    private boolean takeLine(String line) {
        Optional<String> text = ChecksummedLine.read(line);
        if (text.isEmpty()) {
            return false;
        }
        try {
            JournalRecord record = JournalRecord.fromJson(JSON.readTree(text.get()));
            if (record instanceof JournalRecord.Saved saved) {
                originals.put(saved.original().parameter(), saved.original());
            } else if (record instanceof JournalRecord.Forgotten forgotten) {
                originals.remove(forgotten.parameter());
            }
            return true;
        } catch (IOException otherRecord) {
            return false;
        }
    }

    /** Keeps the damaged file for a person to look at, and this one readable. */
    private void setAside(Content content, int lines) {
        replaceNext = true;
        Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
        String what = lines + " of the lines in `" + file + "` can't be read";
        try {
            files.replaceOwn(aside, content);
            compact();
            replaceNext = false;
            warnings.add(what + "; the file was set aside as `" + aside + "`");
        } catch (IOException failure) {
            warnings.add(what + ", and the file can't be set aside: " + Failure.reason(failure));
        }
    }
}
