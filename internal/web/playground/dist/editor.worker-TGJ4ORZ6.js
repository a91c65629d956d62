import"./chunk-2YN4LPB4.js";import"./chunk-UGXS7BVD.js";import"./chunk-BAJB35LU.js";import"./chunk-IXV5HACN.js";import"./chunk-WJ2YJC7T.js";import"./chunk-4L5RI3VG.js";
