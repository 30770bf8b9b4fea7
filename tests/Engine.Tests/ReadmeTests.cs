using System.Text.RegularExpressions;
using Hearth.Engine.Models;
using Hearth.Kernels;

namespace Hearth.Engine.Tests;

/// <summary>The README's lists are those of the catalogs.</summary>
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

    private static string[] Listed(string section)
    {
        int start = Readme.IndexOf($"<!-- {section} -->", StringComparison.Ordinal);
        int end = Readme.IndexOf($"<!-- /{section} -->", StringComparison.Ordinal);
        return [.. Name().Matches(Readme[start..end]).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
