"""uf2: a program as a board with an RP2040 takes it, copied to the drive that it shows after BOOTSEL."""

def uf2(name, elf, out = None, **kwargs):
    """OUT, or NAME.uf2.

    Args:
      name: of the target.
      elf: a `firmware`, or a cc_binary in a build for such a board.
      out: the file.
      **kwargs: what every rule has. By itself it is for builds for a board; of a `firmware` it can be made in any,
          with `target_compatible_with = []`.
    """
    kwargs.setdefault("target_compatible_with", ["@platforms//os:none"])
    native.genrule(
        name = name,
        srcs = [elf],
        outs = [out or name + ".uf2"],
        cmd = "python3 $(location //embedded/boards/rp2040:image.py) uf2 $(location %s) $@" % elf,
        tools = ["//embedded/boards/rp2040:image.py"],
        **kwargs
    )
