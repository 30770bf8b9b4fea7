using System.CommandLine;
using Hearth.Perf.EndToEnd.Synthetic;

return new RootCommand("Measures whole models, and makes models to measure.")
{
    SynthesizeCommand.Create(),
}.Parse(args).Invoke();
