using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Hearth.Engine.Tests.Templates;

/// <summary>
/// Renderings by Jinja2 itself, in two archives: templates of published models and small ones that are shared with other engines
/// (<c>vectors.zip</c>), and a sweep over the language (<c>language.zip</c>). The README within each says how it was made.
/// </summary>
internal static class TemplateVectors
{
    private static readonly Dictionary<string, string> Shared = ReadArchive("vectors.zip");

    /// <summary>The conversations' variables, by id.</summary>
    public static JsonElement Conversations { get; } = JsonDocument.Parse(Shared["conversations.json"]).RootElement;

    /// <summary>The models that have a template.</summary>
    public static IEnumerable<string> Models
        => Shared.Keys.Where(name => name.EndsWith(".jinja", StringComparison.Ordinal))
            .Select(name => name["models/".Length..^".jinja".Length]);

    public static string Template(string model) => Shared[$"models/{model}.jinja"];

    /// <summary>What each conversation renders to: an object with <c>text</c>, or with <c>error</c>.</summary>
    public static JsonElement Expected(string model) => JsonDocument.Parse(Shared[$"models/{model}.expected.json"]).RootElement;

    /// <summary>The small templates: <c>id</c>, <c>tier</c>, <c>template</c>, <c>vars</c>, and <c>text</c> or <c>error</c>.</summary>
    public static IEnumerable<JsonElement> Snippets(int tier)
        => JsonDocument.Parse(Shared["snippets.json"]).RootElement.EnumerateArray()
            .Where(snippet => snippet.GetProperty("tier").GetInt32() == tier);

    /// <summary>The sweep: a list of <c>vars</c>, and <c>cases</c> that refer to it.</summary>
    public static JsonElement Language() => JsonDocument.Parse(ReadArchive("language.zip")["language.json"]).RootElement;

    private static Dictionary<string, string> ReadArchive(string name)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", "Templates", name));
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var reader = new StreamReader(entry.Open(), new UTF8Encoding(false));
            return reader.ReadToEnd();
        });
    }
}
