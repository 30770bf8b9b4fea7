namespace Hearth.Engine.Sessions;

/// <content>A session on the disk.</content>
public sealed partial class HearthSession
{
    /// <summary>Writes the session to a file, whole or not at all; <see cref="Load(string, CancellationToken)"/> goes on from there.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="note">Anything that the application wants to find again.</param>
    /// <param name="cancellation">Acts within a page; what was there before stays.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Save(string path, string note = "", CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(note);
        SavedSession.Write(path, this, note, cancellation);
    }

    /// <summary>
    /// Puts a saved session in place of what this one holds. It goes on with the same bytes as if it had never been saved; a file that is
    /// refused changes nothing.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Acts within 128 tokens; then the session is empty.</param>
    /// <returns>The application's note.</returns>
    /// <exception cref="SessionFileException">The file is no session, damaged, or does not fit the model.</exception>
    /// <exception cref="IOException">The file cannot be read; if that shows halfway, the session is empty.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public string Load(string path, CancellationToken cancellation = default)
    {
        using var saved = SavedSession.Open(model, path, cancellation);
        Load(saved, cancellation);
        return saved.Note;
    }

    /// <summary>Puts a saved session in place of what this one holds.</summary>
    /// <param name="saved">A file that was opened for this model.</param>
    /// <param name="cancellation">Acts within 128 tokens; then the session is empty.</param>
    /// <exception cref="ArgumentException">It was opened for another model.</exception>
    /// <exception cref="IOException">The file cannot be read; if that shows halfway, the session is empty.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Load(SavedSession saved, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(saved);
        if (saved.Model != model)
            throw new ArgumentException("The file was opened for another model.", nameof(saved));
        Rewind(0);
        try
        {
            saved.Restart();
            for (int page = 0; page < saved.PageCount; page++)
            {
                cancellation.ThrowIfCancellationRequested();
                lock (model.Gate)
                    saved.ReadPage(sequence.AddPage());
            }

            saved.Tokens[..Position].CopyTo(tokens);
            Append(saved.Tokens[Position..], cancellation);
        }
        catch
        {
            Rewind(0);
            throw;
        }

        LastStop = saved.LastStop;
    }

    /// <summary>Keys and values of 64 positions that have all been read.</summary>
    internal ReadOnlySpan<byte> Page(int index)
    {
        lock (model.Gate)
            return sequence.PageContent(index);
    }
}
