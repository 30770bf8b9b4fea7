using System.Text.RegularExpressions;
using Hearth.Engine.Files;
using Hearth.Engine.Models;
using Hearth.Kernels;

namespace Hearth.Engine.Tests;

/// <summary>The README's lists, and those of the console's page, are those of the catalogs.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));

    [Fact]
    public void The_readme_lists_every_architecture_and_no_other()
        => Assert.Equal(ArchitectureCatalog.Names, Listed("architectures"));

    [Fact]
    public void The_readme_lists_every_type_that_is_multiplied_and_no_other()
        => Assert.Equal(
            KernelSet.Supported[0].Panels.Select(panel => panel.Type.ToString()).Order(StringComparer.Ordinal),
            Listed("types").Order(StringComparer.Ordinal));

    [Fact]
    public void The_consoles_page_lists_every_kind_of_folder_and_no_other()
        => Assert.Equal(ModelFile.FolderTypes, Listed("folders", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cli.md"))));

    private static string[] Listed(string section, string? page = null)
    {
        string text = page ?? Readme;
        int start = text.IndexOf($"<!-- {section} -->", StringComparison.Ordinal);
        int end = text.IndexOf($"<!-- /{section} -->", StringComparison.Ordinal);
        return [.. Name().Matches(text[start..end]).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
