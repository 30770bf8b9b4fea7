using Hearth.Engine.Sessions;

namespace Hearth.Cli.Repl;

/// <summary>Conversations on the disk, by what <c>/save</c> and <c>/load</c> say; what fails is told in a sentence.</summary>
internal static class SessionFile
{
    /// <summary>What follows the command, with the home folder in place of a tilde as a shell would have it.</summary>
    /// <exception cref="CommandException">Nothing follows.</exception>
    public static string PathOf(string text, string command)
    {
        if (text.Length == 0)
            throw new CommandException($"{command} takes the name of a file.");
        return text.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), text[2..])
            : text;
    }

    /// <summary>Saves a conversation. A file that is there is replaced if it is a saved one, and otherwise left alone.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Save(IConversation conversation, string path, CancellationToken cancellation)
        => Told(path, "written", () =>
        {
            if (Path.Exists(path) && !SavedSession.IsSaved(path))
                throw new CommandException($"{path}: is there already and is no saved session; choose another name.");
            conversation.Save(path, cancellation);
        });

    /// <summary>Loads a conversation.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    /// <exception cref="SessionFileException">It does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Load(IConversation conversation, string path, CancellationToken cancellation)
        => Told(path, "read", () =>
        {
            if (!File.Exists(path))
                throw new CommandException($"{path}: there is no such file.");
            conversation.Load(path, cancellation);
        });

    private static void Told(string path, string what, Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandException($"{path}: cannot be {what}: {e.Message}", ExitCodes.Input, e);
        }
    }
}
