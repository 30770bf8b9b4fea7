using System.Text;

namespace Hearth.Cli.Repl;

/// <summary>
/// Lines that were entered before, the newest last, kept in a file that only its owner can read. That the file cannot be read or
/// written is no reason to disturb a conversation.
/// </summary>
internal sealed class LineHistory
{
    private const int MostLines = 1000;

    private readonly List<string> lines = [];
    private readonly string? path;
    private int position;
    private string draft = "";

    /// <summary>Reads the history.</summary>
    /// <param name="path">Its file; null for a history that is not kept.</param>
    public LineHistory(string? path)
    {
        this.path = path;
        if (path is not null && File.Exists(path))
            Quietly(() => lines.AddRange(File.ReadLines(path).TakeLast(MostLines).Select(Unescape)));
        position = lines.Count;
    }

    /// <summary>The lines, the newest last.</summary>
    public IReadOnlyList<string> Lines => lines;

    /// <summary>
    /// The file of this user: in XDG_STATE_HOME or ~/.local/state, on Windows in the local application data; null if there is no such
    /// folder.
    /// </summary>
    public static string? DefaultPath()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string state = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } given ? given
            : home.Length > 0 ? Path.Combine(home, ".local", "state") : "";
        return state.Length > 0 ? Path.Combine(state, "hearth", "history") : null;
    }

    /// <summary>Begins a new line: the next older one is the newest.</summary>
    public void Begin()
    {
        position = lines.Count;
        draft = "";
    }

    /// <summary>The line before; null if there is none.</summary>
    /// <param name="present">What stands there now: kept, to come back to.</param>
    public string? Older(string present)
    {
        if (position == 0)
            return null;
        if (position == lines.Count)
            draft = present;
        return lines[--position];
    }

    /// <summary>The line after, at last the draft; null if there is none.</summary>
    public string? Newer()
    {
        if (position == lines.Count)
            return null;
        position++;
        return position == lines.Count ? draft : lines[position];
    }

    /// <summary>Adds a line, unless it repeats the last one, and writes it to the file.</summary>
    public void Add(string line)
    {
        if (line.Trim().Length == 0 || (lines.Count > 0 && lines[^1] == line))
            return;
        lines.Add(line);
        if (path is not null)
            Quietly(() => Append(line));
    }

    private static string Escape(string line)
        => line.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Unescape(string line)
    {
        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            bool escaped = line[i] == '\\' && i + 1 < line.Length;
            text.Append(!escaped ? line[i] : line[++i] == 'n' ? '\n' : line[i]);
        }

        return text.ToString();
    }

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
        }
    }

    private void Append(string line)
    {
        var folder = Path.GetDirectoryName(path)!;
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path!, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options) { NewLine = "\n" };
        writer.WriteLine(Escape(line));
    }
}
