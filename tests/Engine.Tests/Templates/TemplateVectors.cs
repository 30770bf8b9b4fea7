using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Hearth.Engine.Tests.Templates;

/// <summary>
/// Renderings by Jinja2 itself, kept in one archive: templates of published models with conversations, and small templates.
/// The README within says how they were made.
/// </summary>
internal static class TemplateVectors
{
    private static readonly Dictionary<string, string> Files = ReadArchive();

    /// <summary>The conversations' variables, by id.</summary>
    public static JsonElement Conversations { get; } = JsonDocument.Parse(Files["conversations.json"]).RootElement;

    /// <summary>The models that have a template.</summary>
    public static IEnumerable<string> Models
        => Files.Keys.Where(name => name.EndsWith(".jinja", StringComparison.Ordinal)).Select(name => name["models/".Length..^".jinja".Length]);

    public static string Template(string model) => Files[$"models/{model}.jinja"];

    /// <summary>What each conversation renders to: an object with <c>text</c>, or with <c>error</c>.</summary>
    public static JsonElement Expected(string model) => JsonDocument.Parse(Files[$"models/{model}.expected.json"]).RootElement;

    /// <summary>The small templates: <c>id</c>, <c>tier</c>, <c>template</c>, <c>vars</c>, and <c>text</c> or <c>error</c>.</summary>
    public static IEnumerable<JsonElement> Snippets(int tier)
        => JsonDocument.Parse(Files["snippets.json"]).RootElement.EnumerateArray().Where(snippet => snippet.GetProperty("tier").GetInt32() == tier);

    private static Dictionary<string, string> ReadArchive()
    {
        using var archive = ZipFile.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", "Templates", "vectors.zip"));
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var reader = new StreamReader(entry.Open(), new UTF8Encoding(false));
            return reader.ReadToEnd();
        });
    }
}
